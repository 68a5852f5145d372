import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { coreCommands } from '../../../engine/cli/commands.ts';
import { newUserModule } from '../../../engine/cli/new-module/command.ts';
import { StringSink } from '../../../engine/report/sink.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-own-'));
  writeFileSync(join(folder, 'package.json'), '{}\n');
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const load = (path: string) =>
  import(pathToFileURL(path).href) as Promise<Readonly<Record<string, unknown>>>;

async function printed(name: string, ...argv: string[]): Promise<string> {
  const out = new StringSink();
  await coreCommands({})
    .find((command) => command.name === name)
    ?.run(argv, { out, load });
  return out.text;
}

/** A module as it is after it was loaded, without the package. */
const motd = (name: string): string => `export const ${name} = Object.assign(() => undefined, {
  definition: { name: '${name}', summary: 'Greets.', example: "${name}('a', {})", plan() {}, args: {
    _zod: { def: { type: 'object', shape: {} } } } },
});
`;

/** A reader beside it is no module. */
const reader = `export const uptime = Object.assign(() => ({}), { definition: { name: 'uptime' } });
`;

test('a module, its test and what an editor needs are written, and told', async () => {
  const said = await printed('new-module', 'gitConfig');
  expect(said).toContain('wrote modules/git-config.ts\nwrote modules/git-config.test.ts\n');
  expect(said).toContain('npx tsx --test modules/git-config.test.ts');
  const module = readFileSync(join(folder, 'modules/git-config.ts'), 'utf8');
  expect(module).toContain("} from 'tsplay';");
  expect(module).toContain("name: 'gitConfig'");
  expect(existsSync(join(folder, 'tsconfig.json'))).toBe(true);
});

test('another folder is taken, and a tsconfig.json that is there stays', () => {
  writeFileSync(join(folder, 'tsconfig.json'), '{}');
  expect(newUserModule(folder, 'x', 'lib/play')).toEqual(['lib/play/x.ts', 'lib/play/x.test.ts']);
  expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe('{}');
});

test('nothing is overwritten, and a wrong name or place says what to do', () => {
  newUserModule(folder, 'motd', 'modules');
  expect(() => newUserModule(folder, 'motd', 'modules')).toThrow(
    'modules/motd.ts is there already',
  );
  expect(() => newUserModule(folder, 'git-config', 'modules')).toThrow(
    expect.objectContaining({ hint: 'play new-module gitConfig' }),
  );
  rmSync(join(folder, 'package.json'));
  expect(() => newUserModule(folder, 'other', 'modules')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('npm init -y') }),
  );
});

test('play doc finds modules of the working directory by name, lists them, and takes a path', async () => {
  mkdirSync(join(folder, 'modules'));
  writeFileSync(join(folder, 'modules/motd.mjs'), motd('motd'));
  writeFileSync(join(folder, 'modules/reader.mjs'), reader);
  expect(await printed('doc')).toMatch(/^modules\/ +motd$/m);
  expect(await printed('doc', '--long')).toMatch(/^modules\/:\n {2}motd +Greets\.$/m);
  writeFileSync(join(folder, 'other.mjs'), motd('elsewhere'));
  expect(await printed('doc', './other.mjs')).toMatch(/^elsewhere {2}Greets\./);
});

test('a file that does not load hides neither the others nor itself', async () => {
  mkdirSync(join(folder, 'modules'));
  writeFileSync(join(folder, 'modules/good.mjs'), motd('good'));
  writeFileSync(join(folder, 'modules/bad.mjs'), "throw new Error('not today');\n");
  const list = await printed('doc');
  expect(list).toMatch(/^modules\/ +good$/m);
  expect(list).toMatch(/not shown: modules\/bad\.mjs:1:7 {2}Error: not today/);
  await expect(printed('doc', 'bad')).rejects.toThrow('not today');
});

test('what is no module says so', async () => {
  writeFileSync(join(folder, 'empty.mjs'), 'export {};\n');
  await expect(printed('doc', './empty.mjs')).rejects.toThrow('exports no module');
  await expect(printed('doc', './none.mjs')).rejects.toThrow('no file ./none.mjs');
  await expect(printed('doc', 'copi')).rejects.toThrow(
    expect.objectContaining({ hint: 'did you mean copy?' }),
  );
  await expect(printed('doc', './emty.mjs')).rejects.toThrow(
    expect.objectContaining({ hint: 'did you mean empty.mjs?' }),
  );
});

test('a word that is a group shows its modules', async () => {
  const files = await printed('doc', 'files');
  expect(files).toMatch(/^files:\n {2}blockInFile +\S/);
  expect(files).not.toContain('systemd ');
});
