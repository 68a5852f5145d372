/** Commands that a project adds to `play` by its play.config.ts. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/play.js', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function play(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...argv], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const config = (text: string, ending = 'ts'): void =>
  writeFileSync(join(folder, `play.config.${ending}`), text);

const greet = `import { defineCommand, type PlayConfig } from 'tsplay';
const greet = defineCommand({
  name: 'greet',
  usage: '<who>',
  help: 'greet somebody',
  flags: [{ name: 'loud', type: 'boolean', help: 'with a bang' }],
  run: async ({ flags, positionals }, { out }) => {
    out.write(\`hello \${positionals.join()}\${flags.loud ? '!' : ''}\\n\`);
    return 7;
  },
});
export default { commands: [greet] } satisfies PlayConfig;
`;

test('a command of its own runs with its flags, and its exit code is that of play', () => {
  config(greet);
  expect(play('greet', 'you', '--loud')).toEqual({ status: 7, stdout: 'hello you!\n', stderr: '' });
});

test('it stands in the help of play, and has one', () => {
  config(greet);
  expect(play('--help').stdout).toMatch(/^ {2}play greet <who> +greet somebody$/m);
  expect(play().stdout).toContain('greet somebody');
  expect(play('greet', '--help').stdout).toMatch(/^Usage: play greet <who>\n\nFlags:\n +--loud/);
});

test('a flag that it does not know is an error that names the nearest', () => {
  config(greet);
  expect(play('greet', '--lout')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'unknown flag --lout\n  hint: did you mean --loud?\n',
  });
});

test('a misspelt command is told, be it of the project or of play', () => {
  config(greet);
  expect(play('gret').stderr).toBe('no playbook gret\n  hint: did you mean greet?\n');
  expect(play('lap', 'status').stderr).toContain('did you mean lab?');
});

test('a playbook is run without it, even where it is broken', () => {
  config('throw new Error("no");');
  expect(play('site.ts').stderr).toContain('no inventory given');
});

test.each([
  ['nothing is exported', 'export const x = 1;', 'the file has no default export'],
  ['a key is misspelt', 'export default { command: [] };', 'play.config has no option command'],
  ['it is no list', 'export default { commands: {} };', 'commands is not a list'],
  [
    'one is no command',
    'export default { commands: [1] };',
    'an entry of commands is not a command',
  ],
  [
    'a name has capitals',
    "export default { commands: [{ name: 'Greet', help: '', run() {} }] };",
    'the name of a command is "Greet"',
  ],
  [
    'it does not run',
    "export default { commands: [{ name: 'greet', help: '' }] };",
    'the command greet has no help or no run',
  ],
  [
    'a name is taken',
    "export default { commands: [{ name: 'lab', help: '', run() {} }] };",
    'the command lab already exists',
  ],
  ['it throws', "throw new Error('not today');", 'Error: not today'],
])('the file is named where %s', (_what, text, message) => {
  config(text, 'mjs');
  const { status, stderr } = play('greet');
  expect([status, stderr.split('\n')[0]]).toEqual([
    1,
    expect.stringMatching(new RegExp(`^play\\.config\\.mjs:1:\\d+ {2}${message}$`)),
  ]);
});
