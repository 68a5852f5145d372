/**
 * Three fresh hosts become an etcd cluster behind haproxy and a shared address, by the shipped
 * playbook and inventory. The tests build on each other, in this order.
 */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differingPaths, down, type Lab } from '../../lab/index.ts';
import {
  controllerSettings,
  holders,
  request,
  starts,
  workplaceFor,
  type Workplace,
} from './cluster-lab.ts';
import { labFor, onHost } from './lab.ts';
import { playText, runPlay, type PlayOptions, type PlayRun } from './run-play.ts';

const name = 'cluster';
const [one, two, three] = [`${name}1`, `${name}2`, `${name}3`] as const;
const services = ['etcd', 'haproxy', 'keepalived'];

let lab: Lab;
let work: Workplace;
beforeAll(async () => {
  lab = await labFor(name, 3);
  work = await workplaceFor(lab);
});
afterAll(async () => {
  await work.remove();
  await down({ name });
});

const site = (argv: readonly string[] = [], more: Partial<PlayOptions> = {}): Promise<PlayRun> =>
  runPlay(['site.ts', '-i', work.inventory, ...argv], { cwd: work.folder, ...more });

test('lists connect nowhere', async () => {
  const bin = join(work.folder, 'bin');
  const trace = join(work.folder, 'connected');
  await mkdir(bin);
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\necho "$@" >> ${trace}\nexit 255\n`);
  await chmod(join(bin, 'ssh'), 0o755);
  const options = { cwd: work.folder, env: { PATH: `${bin}:${process.env['PATH']}` } };
  for (const list of ['--list-hosts', '--list-tasks', '--list-tags']) {
    const { exitCode, stdout } = await playText(['site.ts', '-i', work.inventory, list], options);
    expect([list, exitCode]).toEqual([list, 0]);
    expect(stdout).toContain(list === '--list-hosts' ? three : 'etcd');
  }
  await expect(stat(trace)).rejects.toThrow('ENOENT');
  // The trap works: a run would have connected.
  expect((await site([], options)).exitCode).toBe(4);
  expect((await stat(trace)).size).toBeGreaterThan(0);
});

let checked: PlayRun;

test('check on fresh hosts lists what would change, names what it cannot know, writes nothing', async () => {
  const before = await Promise.all(lab.hosts.map((host) => lab.snapshotTree(host.name)));
  checked = await site(['--check', '--diff']);
  for (const [index, host] of lab.hosts.entries()) {
    const after = await lab.snapshotTree(host.name);
    expect([...differingPaths(before[index] ?? new Map(), after)]).toEqual([]);
  }
  expect([checked.exitCode, checked.of('failed')]).toEqual([0, []]);
  expect(checked.of('changed')).toEqual(
    expect.arrayContaining([
      `${one} hosts/common/hosts of the inventory`,
      `${one} etcd/etcd/etcd is installed`,
    ]),
  );
  for (const end of checked.ends.filter(({ outcome }) => outcome === 'unknown')) {
    expect([end.step.id, end.because ?? '']).not.toEqual([end.step.id, '']);
  }
});

test('the first run makes the cluster; what check listed is what it changes', async () => {
  const controller = await controllerSettings();
  const first = await site();
  expect([first.exitCode, first.of('failed'), first.stderr]).toEqual([0, [], '']);
  const changed = first.of('changed');
  const foreseen = new Set([...checked.of('changed'), ...checked.of('unknown')]);
  expect(checked.of('changed').filter((step) => !changed.includes(step))).toEqual([]);
  expect(changed.filter((step) => !foreseen.has(step))).toEqual([]);

  const pki = '/etc/etcd/pki';
  const shown = `--cacert=${pki}/ca.crt --cert=${pki}/server.crt --key=${pki}/server.key`;
  const members = await onHost(
    lab,
    two,
    `etcdctl --endpoints=https://127.0.0.1:2379 ${shown} member list`,
  );
  expect(members.match(/, started, /g)).toHaveLength(3);
  const stranger = await lab.exec(two, ['curl', '-sk', 'https://127.0.0.1:2379/version']);
  expect(stranger.code).not.toBe(0);
  expect(await onHost(lab, two, `stat -c '%a %U' ${pki}/server.key ${pki}/peer.key`)).toBe(
    '600 etcd\n600 etcd\n',
  );
  expect(await holders(lab)).toHaveLength(1);
  expect(await request(lab)).toBe(200);
  expect(await controllerSettings()).toEqual(controller);
});

test('a second run changes nothing, restarts nothing, and asks each host a handful of times', async () => {
  const before = await starts(lab, services);
  const second = await site();
  expect([second.exitCode, second.of('changed')]).toEqual([0, []]);
  expect(second.events.filter(({ event }) => event === 'handler-notified')).toEqual([]);
  for (const { name: host } of lab.hosts) {
    const { counters } = second.recap[host] ?? {};
    expect([host, counters?.connections]).toEqual([host, 1]);
    // One of them is the question whether the members of etcd are those of the running cluster.
    expect(counters?.roundTrips).toBeLessThanOrEqual(6);
  }
  expect(await starts(lab, services)).toEqual(before);
  const pending = await site(['--check', '--exit-code']);
  expect([pending.exitCode, pending.of('changed'), pending.of('unknown')]).toEqual([0, [], []]);
});

test('changes by hand are found and repaired, and only those', async () => {
  await onHost(lab, one, "sed -i 's/maxconn 4000/maxconn 1/' /etc/haproxy/haproxy.cfg");
  await onHost(lab, two, 'chmod 0644 /etc/keepalived/keepalived.conf');
  await onHost(lab, three, 'systemctl stop etcd');
  const found = await site(['--check', '--exit-code']);
  const wrong = [
    `${one} shared address/haproxy/haproxy configuration`,
    `${two} shared address/keepalived/keepalived configuration`,
    `${three} etcd/etcd/etcd runs`,
  ];
  expect(found.exitCode).toBe(3);
  expect(found.of('changed')).toEqual(expect.arrayContaining(wrong));
  const repaired = await site();
  const handlers = [
    `${one} shared address/haproxy/reload haproxy`,
    `${two} shared address/keepalived/reload keepalived`,
  ];
  expect([repaired.exitCode, repaired.of('changed')]).toEqual([
    0,
    [...wrong, ...handlers].toSorted(),
  ]);
  expect(await onHost(lab, one, 'grep -c "maxconn 4000" /etc/haproxy/haproxy.cfg')).toBe('1\n');
  expect((await site()).of('changed')).toEqual([]);
});

test('a configuration that the program refuses never replaces the one that works', async () => {
  const before = await onHost(lab, one, 'cat /etc/haproxy/haproxy.cfg');
  const bad = await site(['-e', '{"haproxyGlobal":["no such setting"]}', '--limit', one]);
  expect([bad.exitCode, bad.of('failed')]).toEqual([
    2,
    [`${one} shared address/haproxy/haproxy configuration`],
  ]);
  expect(JSON.stringify(bad.ends.at(-1)?.failure)).toContain('no such setting');
  expect(await onHost(lab, one, 'cat /etc/haproxy/haproxy.cfg')).toBe(before);
  expect(await onHost(lab, one, 'ls -A /etc/haproxy')).toBe('errors\nhaproxy.cfg\n');
});

test('tags and limit choose steps and hosts', async () => {
  const run = await site(['--tags', 'haproxy', '--limit', two]);
  expect(run.exitCode).toBe(0);
  expect(new Set(run.ends.map(({ step }) => step.role))).toEqual(new Set(['haproxy']));
  expect(new Set(run.ends.map(({ step }) => step.host))).toEqual(new Set([two]));
  const wrong = await playText(['site.ts', '-i', work.inventory, '--tags', 'haprox'], {
    cwd: work.folder,
  });
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    1,
    expect.stringContaining("did you mean 'haproxy'?"),
  ]);
});

test('a changed configuration rolls through etcd one member at a time', async () => {
  const before = await starts(lab, ['haproxy', 'keepalived']);
  const rolled = await site(['-e', 'etcdSnapshotCount=20000', '--tags', 'etcd']);
  expect(rolled.exitCode).toBe(0);
  expect(rolled.of('changed').filter((step) => step.includes('restart'))).toHaveLength(3);
  const spans = lab.hosts
    .map(({ name: host }) => {
      const ended = (step: string) =>
        rolled.ends.find((end) => end.step.host === host && end.step.name === step);
      const restart = ended('restart etcd');
      return [
        (restart?.time ?? 0) - (restart?.took ?? 0),
        ended('etcd is healthy again')?.time ?? 0,
      ];
    })
    .toSorted(([a = 0], [b = 0]) => a - b);
  for (const [index, [begun = 0]] of spans.entries()) {
    if (index > 0) expect(begun).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? Infinity);
  }
  expect(await starts(lab, ['haproxy', 'keepalived'])).toEqual(before);
  expect((await site(['-e', 'etcdSnapshotCount=20000'])).of('changed')).toEqual([]);
});

test('as another user with a password for sudo it is the same run', async () => {
  const publicKey = await onHost(lab, one, 'cat /root/.ssh/authorized_keys');
  for (const { name: host } of lab.hosts) {
    await onHost(
      lab,
      host,
      `useradd -m -s /bin/bash deploy && echo deploy:hunter22 | chpasswd
       mkdir -m 700 ~deploy/.ssh && printf '%s' '${publicKey}' > ~deploy/.ssh/authorized_keys
       chown -R deploy: ~deploy/.ssh
       printf 'deploy ALL=(ALL) ALL\\n' > /etc/sudoers.d/deploy && chmod 0440 /etc/sudoers.d/deploy`,
    );
  }
  const inventory = await work.changed('deploy.yaml', (text) =>
    text.replace(
      'user: root',
      'user: deploy\n    become: true\n    becomePassword: !env SUDO_WORD',
    ),
  );
  const argv = ['site.ts', '-i', inventory, '-e', 'etcdSnapshotCount=20000'];
  const right = await runPlay(argv, { cwd: work.folder, env: { SUDO_WORD: 'hunter22' } });
  expect([right.exitCode, right.of('changed'), right.of('failed')]).toEqual([0, [], []]);
  expect(JSON.stringify(right.events)).not.toContain('hunter22');
  const wrong = await runPlay(argv, { cwd: work.folder, env: { SUDO_WORD: 'wrong-word' } });
  expect(wrong.exitCode).not.toBe(0);
  expect([wrong.of('ok'), wrong.of('changed')]).toEqual([[], []]);
  expect(JSON.stringify(wrong.events)).toMatch(/password/i);
});

test('a host that refuses the key is unreachable, the others are done', async () => {
  const key = join(work.folder, 'strange-key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const inventory = await work.changed('key.yaml', (text) =>
    text.replace(`        ${three}:\n`, `        ${three}:\n          privateKeyFile: ${key}\n`),
  );
  const run = await runPlay(['site.ts', '-i', inventory, '-e', 'etcdSnapshotCount=20000'], {
    cwd: work.folder,
  });
  expect([run.exitCode, run.recap[three]?.unreachable]).toEqual([4, true]);
  expect([run.recap[one]?.failed, run.recap[two]?.failed]).toEqual([0, 0]);
  expect(run.recap[one]?.ok).toBeGreaterThan(15);
});

const firstDropIn = `
import { copy, file, play, playbook, systemd } from 'tsplay';
const unit = '/etc/systemd/system/word.service';
const run = \`ExecStart=/bin/sh -c 'echo $$WORD > /root/word'\`;
export default playbook([
  play({
    name: 'unit',
    hosts: '${one}',
    *tasks() {
      yield copy('unit', {
        dest: unit,
        content: ['[Service]', 'Type=oneshot', 'RemainAfterExit=yes', run, '[Install]', 'WantedBy=multi-user.target', ''].join('\\n'),
      });
      yield systemd('at boot', { unit: 'word', enabled: true });
      // It stays loaded: another unit wants it.
      yield systemd('what wants it is loaded anew', { unit: 'multi-user.target', daemonReload: true });
      yield file('folder', { path: \`\${unit}.d\`, state: 'directory' });
      yield copy('drop-in', { dest: \`\${unit}.d/word.conf\`, content: '[Service]\\nEnvironment=WORD=heard\\n' });
      yield systemd('started', { unit: 'word', state: 'started' });
    },
  }),
]);
`;

test('the first drop-in of a unit that is loaded is taken notice of', async () => {
  const book = await work.playbook('drop-in.ts', firstDropIn);
  const run = await runPlay([book, '-i', work.inventory], { cwd: work.folder });
  expect([run.exitCode, run.of('failed')]).toEqual([0, []]);
  expect(await onHost(lab, one, 'cat /root/word; rm /root/word')).toBe('heard\n');
});

const interrupted = `
import { command, copy, play, playbook } from 'tsplay';
export default playbook([
  play({
    name: 'long',
    hosts: 'all',
    *tasks() {
      yield copy('before', { dest: '/root/before', content: 'x' });
      yield command('takes its time', { argv: ['sleep', '4711'] });
      yield copy('after', { dest: '/root/after', content: 'x' });
    },
  }),
]);
`;

test('Ctrl-C twice ends what runs on the hosts and leaves nothing half-written', async () => {
  const book = await work.playbook('long.ts', interrupted);
  const started = new Set<string>();
  const run = await runPlay([book, '-i', work.inventory], {
    cwd: work.folder,
    onEvent(event, child) {
      if (event.event !== 'step-start' || event.step.name !== 'takes its time') return;
      started.add(event.step.host);
      if (started.size < 3) return;
      void sleep(1500).then(() => child.kill('SIGINT'));
      void sleep(2500).then(() => child.kill('SIGINT'));
    },
  });
  expect(run.exitCode).toBe(130);
  for (const { name: host } of lab.hosts) {
    const commands = (await lab.processes(host)).map(({ command }) => command);
    expect(commands.filter((command) => command.includes('4711'))).toEqual([]);
    expect(await onHost(lab, host, 'ls /root')).toBe('before\n');
  }
});

test('the address moves off a host that lost its power; a run finishes on the others', async () => {
  const [holder = ''] = await holders(lab);
  const lost = Date.now();
  await lab.powerOff(holder);
  let works = 0;
  while (works < 5 && Date.now() - lost < 30_000) {
    works = (await request(lab)) === 200 ? works + 1 : 0;
    await sleep(100);
  }
  expect(Date.now() - lost).toBeLessThan(10_000);
  expect(await holders(lab)).toHaveLength(1);

  const run = await site(['-e', 'etcdSnapshotCount=20000']);
  expect([run.exitCode, run.recap[holder]?.unreachable, run.of('changed')]).toEqual([4, true, []]);
  const others = lab.hosts.filter((host) => host.name !== holder);
  for (const host of others) expect(run.recap[host.name]?.ok).toBeGreaterThan(15);

  await lab.boot(holder);
  await onHost(lab, holder, 'until systemctl -q is-active etcd; do sleep 0.5; done');
  const back = await site(['-e', 'etcdSnapshotCount=20000']);
  expect([back.exitCode, back.of('failed'), back.of('changed')]).toEqual([0, [], []]);
});
