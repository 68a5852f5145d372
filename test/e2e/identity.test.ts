/**
 * One thing under two names on a real host: links, mounts, hard links, aliases of units, two names
 * of the inventory. Whoever changes it under one name makes stale what was read under the other.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { down, type Lab } from '../../lab/index.ts';
import { connectionVariables, labFor, onHost } from './lab.ts';
import { runPlay, type PlayRun } from './run-play.ts';

const name = 'same';
let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await labFor(name, 1);
  folder = await mkdtemp(join(tmpdir(), 'identity-'));
  const [{ address } = { address: '' }] = lab.hosts;
  const hosts = { one: { host: address }, other: { host: address } };
  const inventory = { all: { vars: connectionVariables(lab), hosts } };
  await writeFile(join(folder, 'hosts.yaml'), stringify(inventory));
});
afterAll(async () => {
  await down({ name });
  await rm(folder, { recursive: true, force: true });
});

const see = async (line: string): Promise<string> => (await onHost(lab, `${name}1`, line)).trim();

/** @param tasks lines of a play on the host, under the name `one` unless `hosts` says otherwise */
async function run(tasks: string, { flags = [] as string[], hosts = 'one' } = {}) {
  await writeFile(
    join(folder, 'site.ts'),
    `import * as ts from 'tsplay';
const { copy, file, handler, lineInFile, pkg, shell, stat, systemd } = ts;
export default ts.playbook([ts.play({ name: 'p', hosts: '${hosts}', *tasks() {
${tasks}
} })]);
`,
  );
  return runPlay(['site.ts', '-i', 'hosts.yaml', ...flags], { cwd: folder });
}

const outcomes = ({ ends, stderr }: PlayRun): readonly string[] => [
  ...ends.map(({ step, outcome, failure }) =>
    [step.name, outcome, failure?.message].filter(Boolean).join(': '),
  ),
  ...(stderr === '' ? [] : [stderr]),
];

const site = (words: string): string => `
  yield pkg('nginx', { name: 'nginx-light' });
  const reload = handler(systemd('reload nginx', { unit: 'nginx', state: 'reloaded' }));
  yield file('no default', { path: '/etc/nginx/sites-enabled/default', state: 'absent' }, { notify: reload });
  yield copy('site', {
    dest: '/etc/nginx/sites-available/hello',
    content: 'server { listen 8080; location / { return 200 "${words}"; } }\\n',
  }, { notify: reload });
  yield file('enabled', {
    path: '/etc/nginx/sites-enabled/hello', state: 'link', src: '../sites-available/hello',
  }, { notify: reload });
  const enabled = stat('through the link', { path: '/etc/nginx/sites-enabled/hello', follow: true });
  yield enabled;
  yield ts.assert('it is the site', { that: (run) => run.result(enabled).exists });
  yield systemd('runs', { unit: 'nginx', state: 'started', enabled: true });
`;

/** nginx reloads after its signal was sent, and a worker of before may answer until it is gone. */
const isServed = (words: string): Promise<void> =>
  expect.poll(() => see('curl -s http://127.0.0.1:8080/'), { timeout: 5000 }).toBe(words);

test('a site of nginx that is enabled by a link is whole after the first run', async () => {
  const checked = await run(site('hello'), { flags: ['--check'] });
  expect([checked.exitCode, checked.of('failed'), checked.stderr]).toEqual([0, [], '']);
  const first = await run(site('hello'));
  expect([first.exitCode, first.of('failed')]).toEqual([0, []]);
  await isServed('hello');
  const foreseen = [...checked.of('changed'), ...checked.of('unknown')];
  expect(first.of('changed').filter((step) => !foreseen.includes(step))).toEqual([]);
});

test('check of a new text for it names the file and the reload', async () => {
  const checked = await run(site('again'), { flags: ['--check'] });
  const changes = ['one p/reload nginx', 'one p/site'];
  expect([checked.of('changed'), checked.of('unknown')]).toEqual([changes, []]);
  expect((await run(site('again'))).of('changed')).toEqual(changes);
  await isServed('again');
});

test('a unit that is stopped by its alias is started by its name', async () => {
  const unit = [
    '[Service]',
    'ExecStart=/bin/sleep infinity',
    '[Install]',
    'WantedBy=multi-user.target',
    'Alias=sleeper.service',
    '',
  ].join('\\n');
  const ran = await run(`
    yield copy('unit', { dest: '/etc/systemd/system/rest.service', content: '${unit}' });
    yield systemd('runs', { unit: 'rest', state: 'started', enabled: true });
    yield systemd('stops by its alias', { unit: 'sleeper', state: 'stopped' });
    yield systemd('runs again', { unit: 'rest', state: 'started', enabled: true });
    yield systemd('runs by its alias', { unit: 'sleeper', state: 'started' });
  `);
  expect(outcomes(ran)).toEqual([
    'unit: changed',
    'runs: changed',
    'stops by its alias: changed',
    'runs again: changed',
    'runs by its alias: ok',
  ]);
});

test('a file is one under /run and /var/run, under two hard links, and under a bind mount', async () => {
  await see(
    'mkdir -p /srv/real /srv/bound; mount --bind /srv/real /srv/bound; echo old >/srv/a; ln /srv/a /srv/b',
  );
  const ran = await run(`
    yield copy('run', { dest: '/run/word', content: 'a\\n' });
    yield copy('var run', { dest: '/var/run/word', content: 'b\\n' });
    yield copy('run again', { dest: '/run/word', content: 'a\\n' });
    yield copy('real', { dest: '/srv/real/word', content: 'a\\n' });
    yield lineInFile('bound', { path: '/srv/bound/word', line: 'b' });
    yield copy('real again', { dest: '/srv/real/word', content: 'a\\n' });
    yield file('first link', { path: '/srv/a', state: 'file', mode: '0600' });
    yield file('second link', { path: '/srv/b', state: 'file', mode: '0644' });
    yield file('first link again', { path: '/srv/a', state: 'file', mode: '0600' });
  `);
  expect(outcomes(ran).filter((line) => !line.endsWith(': changed'))).toEqual([]);
  expect(await see('cat /run/word /srv/bound/word; stat -c %a /srv/b')).toBe('a\na\n600');
});

test('an owner is a number, whatever names it has', async () => {
  await see('useradd -o -u 0 -g 0 -d /root -M toor; useradd -u 3100 jo');
  const ran = await run(`
    yield copy('root', { dest: '/srv/owned', content: 'a\\n', owner: 'root' });
    yield copy('toor', { dest: '/srv/owned', content: 'a\\n', owner: 'toor' });
    yield copy('jo', { dest: '/srv/owned', content: 'a\\n', owner: 'jo' });
    yield file('3100', { path: '/srv/owned', owner: 3100 });
  `);
  expect(outcomes(ran)).toEqual(['root: changed', 'toor: ok', 'jo: changed', '3100: ok']);
});

test('check knows the number of an account that is only planned', async () => {
  const checked = await run(
    `
    yield ts.user('lee', { name: 'lee', uid: 3200 });
    yield copy('for lee', { dest: '/srv/lees', content: 'a\\n', owner: 'lee' });
    yield file('3200', { path: '/srv/lees', owner: 3200 });
  `,
    { flags: ['--check'] },
  );
  expect(outcomes(checked)).toEqual(['lee: changed', 'for lee: changed', '3200: ok']);
});

test('a machine with two names in the inventory has one state', async () => {
  const ran = await run(
    `
    yield copy('first', { dest: '/srv/shared', content: 'want\\n' });
    yield shell('broken by the other name', { script: 'echo broken >/srv/shared' }, {
      when: (run) => run.host === 'other',
    });
    yield copy('mended', { dest: '/srv/shared', content: 'want\\n' });
  `,
    { hosts: 'one:other' },
  );
  expect([ran.exitCode, ran.of('failed')]).toEqual([0, []]);
  expect(await see('cat /srv/shared')).toBe('want');
});
