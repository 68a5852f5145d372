import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';

// Each list is a process of its own, and the first compiles the engine.
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/play.js', import.meta.url));
const folders: string[] = [];
let folder = '';

const site = `import { debug, play, playbook } from 'tsplay';
import { greet } from './greet.ts';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  yield debug(greet('world'), { message: 'x' });
} })]);
`;
const greet = `export const greet = (name: string): string => \`hello \${name}\`;\n`;

const cache = mkdtempSync(join(tmpdir(), 'tsplay-cache-'));
folders.push(cache);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-compiled-'));
  folders.push(folder);
  write('inventory.yaml', 'all:\n  hosts:\n    n1: { transport: local }\n');
  write('site.ts', site);
  write('greet.ts', greet);
});
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** The names of the playbook's tasks. */
async function tasks(playbook = 'site.ts', cacheFolder = cache): Promise<string[]> {
  const { stdout } = await run(
    process.execPath,
    [
      bin,
      join(folder, playbook),
      '-i',
      join(folder, 'inventory.yaml'),
      '--list-tasks',
      '--output',
      'json',
    ],
    { env: { ...process.env, TSPLAY_CACHE: cacheFolder } },
  );
  return [...stdout.matchAll(/"name":"([^"]*)"/g)].map(([, name]) => name ?? '');
}

const compiledPlaybooks = (): string[] =>
  readdirSync(cache).filter((name) => /^playbook-.*\.mjs$/.test(name));

// Again, should the engine be edited just now.
test('a playbook that did not change is compiled once', { retry: 3 }, async () => {
  const before = compiledPlaybooks().length;
  expect(await tasks()).toContain('hello world');
  expect(await tasks()).toContain('hello world');
  expect(compiledPlaybooks().length).toBe(before + 1);
});

test('an edit counts at once, also of what the playbook imports', async () => {
  expect(await tasks()).toContain('hello world');
  write('greet.ts', greet.replace('hello', 'good day,'));
  expect(await tasks()).toContain('good day, world');
  write('site.ts', site.replace("'world'", "'moon'"));
  expect(await tasks()).toContain('good day, moon');
});

test('what a mistake says is where it was made, compiled before or not', async () => {
  write('site.ts', site.replace("message: 'x'", 'message: 7 as never'));
  const place = /site\.ts:4:9/;
  await expect(tasks()).rejects.toThrow(place);
  await expect(tasks()).rejects.toThrow(place);
});

test('a playbook that loads what is only known when it runs goes through the loader, with the same engine', async () => {
  write(
    'lazy.ts',
    `const name = 'site';
const { default: book } = await import(\`./\${name}.ts\`);
export default book;
`,
  );
  expect(await tasks('lazy.ts')).toContain('hello world');
});

test('a playbook that asks where it is gets its own place, compiled', async () => {
  write('place.ts', 'export const beside = import.meta.dirname;\n');
  write(
    'where.ts',
    site
      .replace("greet('world')", "beside + ' ' + import.meta.url + ' import.meta.url'")
      .replace('./greet.ts', './place.ts')
      .replace('greet', 'beside'),
  );
  const before = compiledPlaybooks().length;
  const expected = `${folder} file://${folder}/where.ts import.meta.url`;
  expect(await tasks('where.ts')).toContain(expected);
  expect(compiledPlaybooks().length).toBe(before + 1);
});

test('what a playbook imports when it needs it is compiled with it', async () => {
  write('late.ts', "export const late = 'later';\n");
  write(
    'needs.ts',
    `const { late } = await import('./late.ts');\n${site.replace("'world'", 'late')}`,
  );
  const before = compiledPlaybooks().length;
  expect(await tasks('needs.ts')).toContain('hello later');
  expect(compiledPlaybooks().length).toBe(before + 1);
});

test('the shipped playbook is compiled', async () => {
  const before = compiledPlaybooks().length;
  const site = fileURLToPath(new URL('../../playbooks/site.ts', import.meta.url));
  const inventory = fileURLToPath(new URL('../../inventories/lab.yaml', import.meta.url));
  const env = { ...process.env, TSPLAY_CACHE: cache };
  await run(process.execPath, [bin, site, '-i', inventory, '--list-tasks'], { env });
  expect(compiledPlaybooks().length).toBe(before + 1);
});

test('a cache folder that others may write to is not used', async () => {
  const open = mkdtempSync(join(tmpdir(), 'tsplay-open-'));
  folders.push(open);
  chmodSync(open, 0o777);
  expect(await tasks('site.ts', open)).toContain('hello world');
  expect(readdirSync(open)).toEqual([]);
});

test('without a cache everything is loaded from the sources', async () => {
  expect(await tasks('site.ts', 'off')).toContain('hello world');
});
