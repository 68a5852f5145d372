import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Each line is a process of its own.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('../../../bin/play.js', import.meta.url));
let folder = '';

const files: Readonly<Record<string, string>> = {
  'inventory.yaml': 'all:\n  hosts:\n    n1: { transport: local }\n    n2: { transport: local }\n',
  'site.ts': `import { debug, play, playbook } from 'tsplay';
import { greet } from './roles/index.js';
export default playbook([
  play({ name: 'first', hosts: 'all', roles: [greet], tags: ['base'] }),
  play({ name: 'second', hosts: 'n2', *tasks() { yield debug('only n2', { message: 'x' }); } }),
]);
`,
  'roles/index.ts': `export { greet } from './greet';\n`,
  'roles/greet.ts': `import { debug, role, z } from 'tsplay';
export const greet = role({
  name: 'greet',
  vars: z.strictObject({ word: z.string().default('hello') }),
  *tasks({ vars, host }) {
    yield debug('greet', { message: vars.word }, { tags: ['talk'] });
    if (host.name === 'n1') yield debug('n1 greets twice', { message: vars.word });
  },
});
`,
  'playbooks/deep.ts': `export { default } from '../site.ts';\n`,
  'syntax.ts': 'const a = 1;\nexport default (;\n',
  'nothing.ts': 'export const a = 1;\n',
  'wrong.ts': 'export default [];\n',
  'throws.ts': 'const a = undefined;\n\nexport default a.b;\n',
  'missing.ts': `import { web } from './roles/web.ts';\nexport default web;\n`,
  'package.ts': `import left from 'left-pad-of-nobody';\nexport default left;\n`,
  'twice.ts': `import { debug, play, playbook } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  yield debug('same', { message: 'a' });
  yield debug('same', { message: 'b' });
} })]);
`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-cli-'));
  for (const path of ['roles', 'playbooks']) mkdirSync(join(folder, path));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `play`, without a terminal, in a folder that is no package and has nothing installed. */
async function play(line: string): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...line.split(' ')], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  const clean = (output: string): string => output.replaceAll(folder, '');
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

test('lists say what would run, without connecting anywhere', async () => {
  const listed = await play('site.ts -i inventory.yaml --list-tasks --list-hosts --list-tags');
  expect(listed.stdout).toMatchInlineSnapshot(`
    "playbook: site.ts

      play #1 (all): first
        hosts (2):
          n1
          n2
        tasks:
          greet : greet  [base, greet, talk]
          greet : n1 greets twice  [base, greet]  (n1)
        tags: base, greet, talk

      play #2 (n2): second
        hosts (1):
          n2
        tasks:
          only n2
        tags: (none)
    "
  `);
  expect(listed.code).toBe(0);
});

test('lists honour --limit and --tags, and are data with --output json', async () => {
  const line = 'site -i inventory.yaml --list-tasks --limit n2 --tags talk --output json';
  const { stdout } = await play(line);
  expect(JSON.parse(stdout)).toMatchObject({
    plays: [
      { play: 'first', hosts: ['n2'], tasks: [{ name: 'greet', role: 'greet', hosts: ['n2'] }] },
    ],
  });
});

test('a playbook is looked up as given, then in playbooks/', async () => {
  expect((await play('deep.ts -i inventory.yaml --list-hosts')).stdout).toContain(
    'playbooks/deep.ts',
  );
});

test('a playbook runs where nothing is installed, with the running copy of the engine', async () => {
  const { stdout, code } = await play('site.ts -i inventory.yaml --limit n2');
  expect(stdout).toContain('0 changed, 0 handlers, 0 failed on 1 host');
  expect(code).toBe(0);
});

test('files that are no playbook are refused with their place', async () => {
  const names = ['syntax', 'nothing', 'wrong', 'throws', 'missing', 'package', 'twice', 'stie'];
  const ended = await Promise.all(names.map((name) => play(`${name}.ts -i inventory.yaml`)));
  expect(ended.map(({ stderr }) => stderr).join('')).toMatchInlineSnapshot(`
    "syntax.ts:2:17  the file does not parse: Unexpected ";"
    nothing.ts:1:1  the file has no default export
      hint: end it with: export default playbook([...plays])
    wrong.ts:1:1  the default export is not a playbook
      hint: wrap the plays: export default playbook([play({ ... })])
    throws.ts:3:18  TypeError: Cannot read properties of undefined (reading 'b')
      hint: the file threw while it was loaded
    missing.ts:1:1  Cannot find module '/roles/web.ts' imported from /missing.ts
      hint: check the path of the import
    package.ts:1:1  Cannot find package 'left-pad-of-nobody' imported from /package.ts
      hint: npm install left-pad-of-nobody
    twice.ts:4:9  'same' is declared twice (first at twice.ts:3:9)
      hint: names are unique in a role: put the loop key in the name, or give a role that is used twice another name: role(vars, { as })
    no playbook stie.ts
      hint: did you mean site.ts?
    "
  `);
  expect(ended.map(({ code }) => code)).toEqual(names.map(() => 1));
});

test('misspelt tags, hosts, variables and commands are refused before anything connects', async () => {
  const lines = [
    'site.ts -i inventory.yaml --tags tlak',
    'site.ts -i inventory.yaml --limit n3',
    'site.ts -i inventory.yaml --start-at-task gret',
    'site.ts -i inventory.yaml -e word=1',
    'site.ts -i nowhere.yaml',
    'doc debgu',
    'inventory -i inventory.yaml --host n9',
    'inventory -i inventory.yaml',
  ];
  const ended = await Promise.all(lines.map(play));
  expect(ended.map(({ stderr }) => stderr).join('')).toMatchInlineSnapshot(`
    "no task has the tag 'tlak', did you mean 'talk'?
      hint: tags: base, greet, talk
    no host or group 'n3' in the inventory
      hint: did you mean 'n1'?
    no task is named 'gret', did you mean 'greet'?
      hint: --list-tasks shows all names
    word (-e): expected string, received number
      hint: quote it: '1'
    no such inventory: nowhere.yaml
      hint: for a list of hosts end it with a comma: 'nowhere.yaml,'
    no module debgu
      hint: did you mean debug?
    no host 'n9' in the inventory
      hint: did you mean 'n1'?
    play inventory takes one of --graph, --list, --host <name>
    "
  `);
  expect(ended.map(({ code }) => code)).toEqual(lines.map(() => 1));
});

test('a password is not asked for where there is no terminal', async () => {
  const { stderr, code } = await play('site.ts -i inventory.yaml -b -K');
  expect([code, stderr.split('\n')[0]]).toEqual([
    1,
    'can\'t ask "BECOME password:": there is no terminal',
  ]);
});
