/** A run whose terminal, pipe or project folder goes away: real processes of `play`. */
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
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { privatePlaces, type PrivatePlaces } from '../shell/private-places.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin', 'play.js');
let project = '';
let places: PrivatePlaces;

beforeAll(async () => {
  places = await privatePlaces();
});
afterAll(() => places.close());
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'tsplay-lost-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules', 'tsplay'));
  write('hosts.yaml', 'all:\n  hosts:\n    h: { transport: local }\n');
  write(
    'site.ts',
    `import { play, playbook, shell } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  for (const step of [1, 2, 3, 4])
    yield shell(\`step \${step}\`, { script: 'cd ${project}; sh step.sh' });
} })]);
`,
  );
  write('step.sh', 'echo begun >>begun; sleep 0.3; echo done >>done');
});
afterEach(() => rmSync(project, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);

/** How many steps have begun, or run to their end. */
function steps(what: 'begun' | 'done'): number {
  const path = join(project, what);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
}

function lastOfJournal(): unknown {
  const folder = join(project, '.play/runs');
  const text = readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
    .at(-1);
}

function sh(script: string) {
  const [enter = '', ...words] = places.enter;
  const argv = [...words, 'bash', '-c', `cd ${project}; ${script}`];
  return spawnSync(enter, argv, { encoding: 'utf8', timeout: 100_000 });
}

test('a closed pipe ends nothing: the run goes on, with journal and exit code', () => {
  const ran = sh(`set -o pipefail; node ${bin} site.ts -i hosts.yaml | head -n 1; echo "$?"`);
  expect(ran.stdout.trim().split('\n').at(-1)).toBe('0');
  expect(ran.stderr).toBe('standard output cannot be written any more (EPIPE); all else goes on\n');
  expect(steps('done')).toBe(4);
  expect(lastOfJournal()).toMatchObject({ event: 'run-end', exitCode: 0 });
});

test('a closed terminal is Ctrl-C: what is applied finishes, the exit code is 130', () => {
  // The second step goes on until the run was told of the end of its terminal.
  write(
    'step.sh',
    `echo begun >>begun
[ "$(grep -c . begun)" = 1 ] || until [ -e told ]; do sleep 0.05; done
sleep 0.3; echo done >>done`,
  );
  // A terminal's shell passes its hang-up on.
  write(
    'in-terminal.sh',
    `trap 'kill -HUP "$child"; : >told' HUP
node ${bin} site.ts -i hosts.yaml & child=$!
until wait "$child"; code=$?; ! kill -0 "$child" 2>/dev/null; do :; done
echo "$code" >${project}/code
`,
  );
  // `script` owns the terminal: with its end the terminal is closed.
  sh(`script -qec 'sh in-terminal.sh' /dev/null >/dev/null & terminal=$!
    until [ "$(grep -sc . begun)" = 2 ]; do sleep 0.05; done; kill -KILL "$terminal"
    until [ -s code ]; do sleep 0.05; done`);
  expect(readFileSync(join(project, 'code'), 'utf8').trim()).toBe('130');
  expect([steps('begun'), steps('done')]).toEqual([2, 2]);
  expect(lastOfJournal()).toMatchObject({ event: 'run-end', exitCode: 130 });
});

test('a project folder that cannot be written costs the journal, and one warning says so', () => {
  write('.play', 'a file where the folder should be');
  for (const flags of ['', '--check']) {
    const ran = sh(`node ${bin} site.ts -i hosts.yaml ${flags}`);
    expect(ran.stdout).toContain('the run goes on without its journal: ENOTDIR');
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
  }
  expect(steps('done')).toBe(4);
});

test('what a library, Node or an unexpected error prints hides secrets too', () => {
  write(
    'leaky.ts',
    `import { play, playbook, secret } from 'tsplay';
const token = 'correct-horse-battery';
secret(token);
console.log('printed', token);
process.emitWarning('warned of ' + token);
setTimeout(() => { throw new Error('thrown ' + token.repeat(2000)); }, 50);
await new Promise((resolve) => setTimeout(resolve, 500));
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {} })]);
`,
  );
  const ran = sh(`node ${bin} leaky.ts -i hosts.yaml --list-tasks`);
  expect(ran.stdout + ran.stderr).toMatch(/printed \*\*\*[^]*warned of \*\*\*[^]*thrown \*\*\*/);
  expect(ran.stdout + ran.stderr).not.toContain('horse');
  expect(ran.status).toBe(1);
});
