/** One playbook run in three parts, by processes of `play` over a real sshd. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { partsOfHosts } from '../../../engine/plan/shard/part.ts';
import { startSshd, type Sshd } from '../../transport/sshd.ts';

vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL('../../..', import.meta.url));
// 127.0.0.1 is the machine of the run itself, which no part can stand for.
const address = '127.0.0.2';
const names = Array.from({ length: 9 }, (_, index) => `web${index + 1}`);
const parts = partsOfHosts(names, 3);
const ofPart = (part: number) => names.filter((name) => parts.get(name) === part);
let folder = '';
let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd({ lines: [`ListenAddress ${address}`] });
});
afterAll(() => sshd.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-shard-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'tsplay'));
  const { port, privateKeyFile, knownHostsFile } = sshd.connection('openssh');
  const known = join(folder, 'known_hosts');
  const keys = readFileSync(knownHostsFile ?? '', 'utf8');
  writeFileSync(known, keys.replaceAll('127.0.0.1', address));
  const host = { host: address, port, user: 'root', privateKeyFile, knownHostsFile: known };
  const hosts = Object.fromEntries(names.map((name) => [name, host]));
  writeFileSync(join(folder, 'hosts.yaml'), JSON.stringify({ web: { hosts } }));
  // Each host leaves a file in done/, the cluster one more; a line is added at each restart.
  writeFileSync(
    join(folder, 'site.ts'),
    `import { copy, handler, play, playbook, shell } from 'tsplay';
const at = '${folder}';
const base = play({ name: 'base', hosts: 'web', *tasks({ host }) {
  const restart = handler(shell('restart', { script: 'echo ' + host.name + ' >>' + at + '/restarts' }));
  yield copy('done', { dest: at + '/done-' + host.name, content: 'x' }, { notify: restart });
  if (process.env.SLOW) yield shell('slow', { script: 'touch ' + at + '/slow; sleep 60' });
} });
const cluster = play({ name: 'cluster', hosts: 'web', *tasks() {
  yield shell('init', { script: 'ls ' + at + ' | grep -c done- >' + at + '/cluster' }, { runOnce: true });
} });
const after = play({ name: 'after', hosts: 'web', *tasks({ host }) {
  yield copy('after', { dest: at + '/after-' + host.name, content: 'x' });
} });
export default playbook(process.env.SAFE ? [base] : [base, cluster, after]);
`,
  );
  return () => rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const program = join(root, 'bin/play.js');

function play(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

const site = ['site.ts', '-i', 'hosts.yaml'];

/** Runs a part and keeps its report. */
function part(number: number, flags: readonly string[] = [], env = {}): Ran {
  const ran = play([...site, '--shard', `${number}/3`, '--output', 'json', ...flags], env);
  writeFileSync(join(folder, `part-${number}.jsonl`), ran.out);
  return ran;
}

const left = (kind: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(`${kind}-`))
    .map((file) => file.slice(kind.length + 1))
    .toSorted();

it('--list-hosts shows the part, within --limit', () => {
  const listed = (flags: readonly string[]) => {
    const { out } = play([...site, '--list-hosts', '--output', 'json', ...flags], { SAFE: '1' });
    const { plays } = JSON.parse(out) as { plays: { hosts: string[] }[] };
    return plays[0]?.hosts ?? [];
  };
  for (const number of [1, 2, 3])
    expect(listed(['--shard', `${number}/3`])).toEqual(ofPart(number));
  const [some = ''] = ofPart(2);
  expect(listed(['--shard', '2/3', '--limit', some])).toEqual([some]);
  expect(listed(['--shard', '1/3', '--limit', some])).toEqual([]);
});

it('a play that needs all hosts is refused before anything connects', () => {
  const ran = part(1);
  expect(ran.code).toBe(1);
  expect(ran.err).toMatch(
    /site\.ts:\d+:\d+ +play 'cluster' needs all hosts together: 'init' has runOnce/,
  );
  expect(ran.err).toContain('--shard-plays safe');
  expect(ran.out).toBe('');
  expect(left('done')).toEqual([]);
});

it('--check in parts writes nothing', () => {
  const codes = [1, 2, 3].map(
    (number) => part(number, ['--check', '--exit-code'], { SAFE: '1' }).code,
  );
  expect(codes).toEqual([3, 3, 3]);
  expect(left('done')).toEqual([]);
  expect(play(['report', '--merge', 'part-1.jsonl', 'part-2.jsonl', 'part-3.jsonl']).code).toBe(3);
});

it('three parts and the rest do what one run does, in the order of its plays', () => {
  const reports = [1, 2, 3].map((number) => `part-${number}.jsonl`);
  const behind = reports.flatMap((file) => ['--shard-report', file]);
  for (const number of [1, 2]) expect(part(number, ['--shard-plays', 'safe']).code).toBe(0);
  expect(left('done')).toEqual([...ofPart(1), ...ofPart(2)].toSorted());
  const early = play([...site, '--shard-plays', 'rest', ...behind.slice(0, 4)]);
  expect(early.err).toContain('part 3/3 is missing: the rest begins when all parts are done');
  expect(left('after')).toEqual([]);
  expect(part(3, ['--shard-plays', 'safe']).code).toBe(0);
  const rest = play([...site, '--shard-plays', 'rest', ...behind, '--output', 'json']);
  expect(rest.code, rest.err).toBe(0);
  writeFileSync(join(folder, 'rest.jsonl'), rest.out);
  expect(readFileSync(join(folder, 'cluster'), 'utf8')).toBe('9\n');
  expect([left('done'), left('after')]).toEqual([names, names]);
  const merged = play(['report', '--merge', ...reports, 'rest.jsonl']);
  expect([merged.code, merged.out]).toEqual([0, expect.stringContaining('0 failed on 9 hosts')]);
  expect(play(['report', '--merge', ...reports]).out).toContain('the rest is missing');
});

it('hosts that a part lost take no part in the rest', () => {
  const [lost = ''] = ofPart(1);
  mkdirSync(join(folder, `done-${lost}`));
  expect([1, 2, 3].map((number) => part(number, ['--shard-plays', 'safe']).code)).toEqual([
    2, 0, 0,
  ]);
  const behind = [1, 2, 3].flatMap((number) => ['--shard-report', `part-${number}.jsonl`]);
  const rest = play([...site, '--shard-plays', 'rest', ...behind]);
  expect([rest.code, rest.out]).toEqual([0, expect.stringContaining(`a part lost them: ${lost}`)]);
  expect(left('after')).toEqual(names.filter((name) => name !== lost));
  const files = [1, 2, 3].map((number) => `part-${number}.jsonl`);
  play(['report', '--merge', ...files, '--retry', 'retry']);
  expect(readFileSync(join(folder, 'retry'), 'utf8')).toBe(`${lost}\n`);
});

it('a part that was killed is told, and made up for with the handlers that it left', async () => {
  for (const number of [1, 3]) part(number, [], { SAFE: '1' });
  const report = join(folder, 'killed.jsonl');
  const child = spawn(
    'sh',
    [
      '-c',
      `exec "$0" "$@" >${report}`,
      process.execPath,
      program,
      ...site,
      '--shard',
      '2/3',
      '--output',
      'json',
    ],
    { cwd: folder, env: { ...process.env, SAFE: '1', SLOW: '1' } },
  );
  await vi.waitFor(() => expect(existsSync(join(folder, 'slow'))).toBe(true), 60_000);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('close', resolve));
  const files = ['part-1.jsonl', 'part-3.jsonl', 'killed.jsonl'];
  const cut = play(['report', '--merge', ...files]);
  expect([cut.code, cut.out]).toEqual([1, expect.stringContaining('part 2/3 was cut short')]);
  expect(cut.out).toContain(`pending on ${ofPart(2)[0]}: base/restart`);
  // On another controller, which has nothing of what the killed one kept.
  rmSync(join(folder, '.play'), { recursive: true });
  const again = part(2, ['--wait-lock', '60'], { SAFE: '1' });
  expect(again.code, again.err).toBe(0);
  const owed = play(['report', '--merge', ...files, 'part-2.jsonl', '--keep']);
  expect([owed.code, owed.out]).toEqual([2, expect.stringContaining(`pending on ${ofPart(2)[0]}`)]);
  expect(restarted()).toEqual([...ofPart(1), ...ofPart(3)].toSorted());
  part(2, [], { SAFE: '1' });
  expect(restarted()).toEqual(names);
  const done = play(['report', '--merge', ...files, 'part-2.jsonl']);
  expect(done.code, done.out).toBe(0);
});

const restarted = (): readonly string[] =>
  readFileSync(join(folder, 'restarts'), 'utf8').trim().split('\n').toSorted();

it('play report says what it takes', () => {
  expect(play(['report', 'part-1.jsonl']).err).toContain('play report --merge part-1.jsonl');
  expect(play(['report', '--merge', 'none.jsonl']).err).toContain('none.jsonl cannot be read');
});
