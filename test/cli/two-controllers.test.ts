/** Two projects that work on one host at once, over a real sshd and on their own machine. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { privatePlaces, type PrivatePlaces } from '../shell/private-places.ts';
import { startSshd, type Sshd } from '../transport/sshd.ts';

// Twenty processes of `play`, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = ['ada', 'bob'] as const;
let folder = '';
let places: PrivatePlaces;
let sshd: Sshd;

beforeAll(async () => {
  places = await privatePlaces();
  sshd = await startSshd({ within: places.enter });
  folder = mkdtempSync(join(tmpdir(), 'tsplay-two-'));
  for (const name of names) project(name);
});
afterAll(async () => {
  await sshd.stop();
  places.close();
  rmSync(folder, { recursive: true });
});

/** Each wants its own content in the same three files, and only its own. */
function project(name: string): void {
  const at = join(folder, name);
  mkdirSync(join(at, 'node_modules'), { recursive: true });
  symlinkSync(root, join(at, 'node_modules', 'tsplay'));
  const { port, privateKeyFile, knownHostsFile } = sshd.connection('openssh');
  writeFileSync(
    join(at, 'hosts.yaml'),
    `all:
  hosts:
    web:
      host: 127.0.0.1
      port: ${port}
      user: root
      privateKeyFile: ${privateKeyFile}
      knownHostsFile: ${knownHostsFile}
`,
  );
  writeFileSync(join(at, 'own.yaml'), 'all: { hosts: { web: { transport: local } } }\n');
  writeFileSync(
    join(at, 'site.ts'),
    `import { copy, play, playbook, shell } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  for (const file of ['one', 'two', 'three']) {
    const content = '${name} ' + process.env.ROUND;
    yield copy(file, { content, dest: '${folder}/' + file });
  }
  yield shell('a moment', { script: 'sleep ' + (process.env.MOMENT ?? '0.4') });
} })]);
`,
  );
}

/** @param flags with an inventory */
function start(name: string, round: number, flags: readonly string[], moment = '0.4') {
  const [enter = '', ...words] = places.enter;
  const script = 'cd "$0" && exec node "$@"';
  const argv = [...words, 'sh', '-c', script, join(folder, name), join(root, 'bin/play.js')];
  const env = { ...process.env, ROUND: String(round), MOMENT: moment };
  return spawn(enter, [...argv, 'site.ts', ...flags], { env });
}

const overSsh = ['-i', 'hosts.yaml'];
const onItself = ['-i', 'own.yaml'];

function play(name: string, round: number, flags: readonly string[]) {
  const child = start(name, round, flags);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise<{
    readonly name: string;
    readonly code: number | null;
    readonly said: string;
  }>((resolve) => child.on('close', (code) => resolve({ name, code, said })));
}

const contents = (): readonly string[] =>
  ['one', 'two', 'three'].map((file) => readFileSync(join(folder, file), 'utf8'));

test.each([
  ['over ssh who is held up says who works there, and ends with exit code 5', overSsh, [0, 5]],
  ['on their own machine too', onItself, [0, 5]],
  [
    'with --wait-lock both do their work, one behind the other',
    [...overSsh, '--wait-lock', '60'],
    [0, 0],
  ],
] as const)('five rounds: %s; the host is never a mixture', async (_, flags, codes) => {
  for (let round = 1; round <= 5; round += 1) {
    const ends = await Promise.all(names.map((name) => play(name, round, flags)));
    const found = ends
      .map(({ code }) => code)
      .toSorted((one, other) => Number(one) - Number(other));
    // The first may be over by the time the second looks.
    if (codes[1] === 0 || found[1] !== 0)
      expect(found, ends.map(({ said }) => said).join()).toEqual(codes);
    expect(new Set(contents()).size).toBe(1);
    const loser = ends.find(({ code }) => code === 5);
    if (!loser) continue;
    const winner = names.find((name) => name !== loser.name);
    expect(contents()[0]).toBe(`${winner} ${round}`);
    expect(loser.said.replaceAll(/\s+/g, ' ')).toMatch(
      /another run works on web: site\.ts by \S+@\S+ since \d\d:\d\d:\d\d \(run \S+; its shell there is process \d+\)/,
    );
    expect(loser.said).toContain('--wait-lock');
  }
  expect(places.run('ls -A /run/tsplay')).toBe('');
});

test('a controller that is killed in a long step leaves the host to the next one', async () => {
  const killed = start('ada', 6, overSsh, '4747');
  await vi.waitFor(() => expect(places.run('pgrep -fx "sleep 4747"')).not.toBe(''), {
    timeout: 60_000,
    interval: 300,
  });
  killed.kill('SIGKILL');
  const next = await play('bob', 7, [...overSsh, '--wait-lock', '30']);
  expect([next.code, contents()[0]], next.said).toEqual([0, 'bob 7']);
  expect(places.run('pgrep -fx "sleep 4747" || echo none')).toBe('none\n');
  expect(places.run('ls -A /run/tsplay')).toBe('');
});

test('what is only done on their own machine, for other hosts, holds nobody up', async () => {
  const far = await privatePlaces();
  const near = await startSshd({ within: far.enter });
  const there = (name: string): string => join(folder, `${name}-there`);
  const both = names.map((name) => `[ -e ${there(name)} ]`).join(' && ');
  const ends = await Promise.all(
    names.map((name) => {
      const { port, privateKeyFile, knownHostsFile } = (name === 'ada' ? sshd : near).connection(
        'openssh',
      );
      const host = { host: '127.0.0.1', port, user: 'root', privateKeyFile, knownHostsFile };
      const inventory = { all: { hosts: { web: host } } };
      writeFileSync(join(folder, name, 'aside.yaml'), JSON.stringify(inventory));
      writeFileSync(
        join(folder, name, 'site.ts'),
        `import { play, playbook, shell } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  yield shell('meet', { script: ': >${there(name)}; until ${both}; do sleep 0.1; done' },
    { on: 'localhost', timeout: 60 });
} })]);
`,
      );
      return play(name, 8, ['-i', 'aside.yaml']);
    }),
  );
  await near.stop();
  far.close();
  expect(
    ends.map(({ code }) => code),
    ends.map(({ said }) => said).join(),
  ).toEqual([0, 0]);
});
