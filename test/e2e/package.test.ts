/** The package as a stranger gets it: packed, unpacked into an empty folder, used there. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
let user = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-package-'));
  user = join(folder, 'user');
  build(join(folder, 'dist'));
  run('npm', ['pack', './dist', '--silent'], folder);
  const installed = join(user, 'node_modules', 'tsplay');
  mkdirSync(installed, { recursive: true });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no archive';
  run('tar', ['-xzf', join(folder, archive), '--strip-components=1', '-C', installed], folder);
  for (const name of dependencies(installed)) link(name);
  // As `npm init` leaves it: without a type.
  writeFileSync(join(user, 'package.json'), '{ "name": "mine" }\n');
  writeFileSync(join(user, 'inventory.yaml'), 'all: { hosts: { here: { transport: local } } }\n');
  writeFileSync(join(user, 'site.ts'), site('Hello'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const site = (word: string): string => `import { copy, play, playbook } from 'tsplay';
const tasks = function* () {
  yield copy('greet', { dest: '${user}/hello', content: '${word}\\n' });
};
export default playbook([play({ name: 'hello', hosts: 'all', tasks })]);
`;

function dependencies(installed: string): string[] {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return [...Object.keys(manifest.dependencies), '@types/node', 'undici-types', 'typescript'];
}

/** What npm would install is taken from the repository's own folder. */
function link(name: string): void {
  const target = join(user, 'node_modules', name);
  mkdirSync(join(target, '..'), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), target);
}

function run(program: string, argv: readonly string[], cwd = user) {
  const { status, stdout, stderr } = spawnSync(program, argv, { cwd, encoding: 'utf8' });
  return { code: status, stdout, output: stdout + stderr };
}

const play = (...argv: string[]) =>
  run(process.execPath, ['node_modules/tsplay/bin/play.js', ...argv]);

const typeCheck = (...flags: string[]) =>
  run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
    ...flags,
    'site.ts',
  ]);

test('a playbook of five lines runs, and changes nothing the second time', () => {
  const first = play('site.ts', '-i', 'inventory.yaml');
  expect(first.output).toContain('1 changed, 0 handlers, 0 failed on 1 host');
  expect(readFileSync(join(user, 'hello'), 'utf8')).toBe('Hello\n');
  expect(play('site.ts', '-i', 'inventory.yaml').output).toContain('0 changed');
});

test('its types are right in a strict project that checks libraries too', () => {
  expect(typeCheck('--skipLibCheck', 'false').output).toBe('');
  const exact = typeCheck('--skipLibCheck', 'false', '--exactOptionalPropertyTypes');
  expect(exact.output).toBe('');
});

test('a misspelt argument does not compile', () => {
  writeFileSync(join(user, 'site.ts'), site('Hello').replace('content:', 'contents:'));
  expect(typeCheck().output).toContain("'contents' does not exist");
  const checked = play('site.ts', '-i', 'inventory.yaml', '--typecheck');
  expect([checked.code, checked.output]).toEqual([1, expect.stringContaining("'contents'")]);
  writeFileSync(join(user, 'site.ts'), site('Hello'));
});

test('help, documentation and the shipped playbooks are in it', () => {
  expect(play('--help').stdout).toBe(readFileSync(join(root, 'bin/help.txt'), 'utf8'));
  expect(play('doc', 'copy').stdout).toContain('Example:');
  const shipped = readdirSync(join(root, 'playbooks')).map((name) => name.replace(/\.ts$/, '.js'));
  const there = readdirSync(join(user, 'node_modules/tsplay/playbooks'));
  expect(shipped.filter((name) => !there.includes(name))).toEqual([]);
});

test('shipped roles are imported from tsplay/roles, as the same copy of the engine', () => {
  const shipped = join(user, 'node_modules/tsplay/roles');
  const roles = readdirSync(shipped).filter((name) => existsSync(join(shipped, name, 'index.js')));
  expect(roles.length).toBeGreaterThan(0);
  const lines = roles.map((name, index) => `import * as r${index} from 'tsplay/roles/${name}';`);
  const code = `${lines.join('\n')}
import { play, playbook } from 'tsplay';
const found = [${roles.map((_, index) => `r${index}`).join(', ')}].flatMap((role) => Object.values(role));
if (!found.some((each) => each.kind === 'role')) throw new Error('no role');
export default playbook([play({ name: 'roles', hosts: 'none', *tasks() {} })]);
`;
  writeFileSync(join(user, 'roles.ts'), code);
  const { output } = play('roles.ts', '-i', 'inventory.yaml', '--list-hosts');
  expect(output).toMatch(/no host or group 'none'|no play matches/);
});

test('a project has a module and a command of its own, typed, beside those for Kubernetes', () => {
  expect(play('new-module', 'motd').output).toContain('wrote modules/motd.ts');
  writeFileSync(
    join(user, 'play.config.ts'),
    `import { defineCommand, type PlayConfig } from 'tsplay';
const logins = defineCommand({
  name: 'logins',
  help: 'who may log in',
  flags: [{ name: 'long', type: 'boolean', help: 'with keys' }],
  run: async ({ flags }, { out }) => {
    out.write(flags.long ? 'jo, with keys\\n' : 'jo\\n');
    return 3;
  },
});
export default { commands: [logins] } satisfies PlayConfig;
`,
  );
  writeFileSync(
    join(user, 'own.ts'),
    `import { play, playbook } from 'tsplay';
import { k8sInfo } from 'tsplay/kubernetes';
import { motd } from './modules/motd.ts';
export default playbook([
  play({ name: 'own', hosts: 'all', *tasks() {
    yield motd('flag', { path: '${user}/flag' });
    yield k8sInfo('nodes', { kind: 'nodes' }, { when: () => false });
  } }),
]);
`,
  );
  expect([play('logins', '--long').stdout, play('logins').code]).toEqual(['jo, with keys\n', 3]);
  expect(play('--help').stdout).toMatch(/^ {2}play logins +who may log in$/m);
  expect(play('doc', 'motd').stdout).toContain('Makes sure that a file is there');
  expect(play('doc', 'k8sInfo').stdout).toContain("from 'tsplay/kubernetes'");
  const checked = run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '--project',
    'tsconfig.json',
  ]);
  expect(checked.output).toBe('');
  const first = play('own.ts', '-i', 'inventory.yaml');
  expect(first.output).toContain('1 changed, 0 handlers, 0 failed on 1 host');
  expect(play('own.ts', '-i', 'inventory.yaml').output).toContain('0 changed');
});

test('no source of TypeScript is shipped, which node would refuse', () => {
  const installed = join(user, 'node_modules/tsplay');
  const sources = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.d.ts'),
  );
  expect(sources).toEqual([]);
});
