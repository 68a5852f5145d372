/**
 * Every module on two fresh hosts: what check foresees is what changes, the host itself shows it,
 * and a second run finds nothing to do. The tests build on each other, in this order.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allModules } from '../../modules/all-modules.ts';
import { down, findLab, up, type Lab } from '../../../lab/index.ts';
import { inventoryFile, onHost } from '../lab.ts';
import { repositoriesOn, surroundingsFor, type Surroundings } from './surroundings.ts';
import { runPlay, type PlayRun } from '../run-play.ts';

const name = 'mods';
const [one, two] = [`${name}1`, `${name}2`] as const;
const playbook = fileURLToPath(new URL('every-module.ts', import.meta.url));

/** Modules that need more than a host has: the suite that runs them, as part of the shipped roles. */
const elsewhere: Readonly<Record<string, RegExp>> = {
  '../node-base.test.ts': /^containerImage$/,
  '../kubernetes/kubernetes.test.ts': /^k8s/,
};

let lab: Lab;
let around: Surroundings;
beforeAll(async () => {
  await down({ name });
  lab = await up({ name, count: 2, prefix: name, subnet: '10.99.64' });
  around = await surroundingsFor(lab);
  await repositoriesOn(lab, around);
  await onHost(lab, one, ownSwaps);
});
afterAll(async () => {
  await around?.remove();
  await down({ name });
});

/** A lab host has the controller's kernel, whose swap is not to go: this one sees none in use. */
const ownSwaps = `head -n 1 /proc/swaps >/srv/swaps; mount --bind /srv/swaps /proc/swaps
echo '/srv/swapfile none swap sw 0 0' >>/etc/fstab`;

async function run(...argv: readonly string[]): Promise<PlayRun> {
  const inventory = await inventoryFile(lab, {}, around.variables);
  const env = { TSPLAY_CACHE: join(around.folder, 'cache') };
  const ended = new AbortController();
  const button = argv.includes('--check') ? undefined : pressAfterReboot(ended.signal);
  try {
    return await runPlay([playbook, '-i', inventory, ...argv], { cwd: around.folder, env });
  } finally {
    ended.abort();
    await button;
  }
}

/** A lab host that reboots goes off and stays so: its button is pressed when it has. */
async function pressAfterReboot(ended: AbortSignal): Promise<void> {
  const pid = (await findLab(name)).hosts.find((host) => host.name === two)?.pid;
  while (!ended.aborted && existsSync(`/proc/${pid}`)) await sleep(200);
  if (!ended.aborted) await lab.boot(two);
}

const why = ({ ends, stderr }: PlayRun): string =>
  ends
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ step, failure }) => `${step.host} ${step.name}: ${JSON.stringify(failure)}`)
    .join('\n') + stderr;
const see = async (line: string, host: string = one): Promise<string> =>
  (await onHost(lab, host, line)).trim();

let checked: PlayRun;

test('check on fresh hosts fails nowhere and writes nothing', async () => {
  const before = await see('find /srv /etc -newer /srv/repo/InRelease -type f | sort; ls /srv');
  checked = await run('--check', '--diff');
  expect([why(checked), checked.exitCode]).toEqual(['', 0]);
  expect(await see('find /srv /etc -newer /srv/repo/InRelease -type f | sort; ls /srv')).toBe(
    before,
  );
  expect(JSON.stringify(checked.events)).not.toContain('hunter2');
  const unknown = checked.of('unknown').filter((step) => step.startsWith(one));
  // The cache is empty: nobody knows yet what the packages bring.
  const names = unknown.map((step) => step.replace(/^\S+ modules\//, ''));
  expect(names.toSorted()).toEqual(unknowns);
});

/** What hangs on a new source of packages, or looks at what is not there yet, or waits for it. */
const unknowns: readonly string[] = [
  'apt',
  'authorizedKey',
  'cron',
  'drop-in',
  'etcd',
  'etcd runs',
  'etcdMember',
  'found',
  'hostname',
  'hostsEntry',
  'local',
  'locale',
  'modprobe',
  'mount',
  'nftables',
  'pkg',
  'rpm repository',
  'rpmKey',
  'selinux',
  'swap',
  'sysctl',
  'systemd',
  'systemd of a package',
  'systemdUnit',
  'tempFile',
  'tempFile goes',
  'timer',
  'tmpfiles',
  'yum',
  'yum folder',
  'yumRepository',
];

test('the first run changes what check foresaw, and no more', async () => {
  const first = await run();
  expect([why(first), first.exitCode]).toEqual(['', 0]);
  const changed = first.of('changed');
  const foreseen = new Set([...checked.of('changed'), ...checked.of('unknown')]);
  expect(changed.filter((step) => !foreseen.has(step))).toEqual([]);
  expect(checked.of('changed').filter((step) => !changed.includes(step))).toEqual([]);
  expect(JSON.stringify(first.events)).not.toContain('hunter2');
});

/** What each module left on a host, looked at without the engine. */
const seen: readonly (readonly [module: string, line: string, is: string | RegExp])[] = [
  ['file', 'stat -c "%F %a" /srv/m; readlink /srv/m/link', 'directory 755\ncopied'],
  [
    'copy',
    'stat -c %a /srv/m/copied /srv/m/secret; cat /srv/m/copied /srv/m/secret',
    '640\n600\none\ntwo\nhunter2',
  ],
  ['template', 'cat /srv/m/page', 'a\nb'],
  ['lineInFile', 'head -n 1 /srv/m/lines', 'a = 1'],
  ['blockInFile', 'sed -n 3,4p /srv/m/lines', 'x\ny'],
  ['replace', 'cat /srv/m/text', 'new new'],
  ['ini', 'cat /srv/m/a.ini', '[s]\no = 1'],
  ['json', 'tr -d " \\n" </srv/m/a.json', '{"a":{"b":[1]}}'],
  ['yaml', 'cat /srv/m/a.yaml', 'a:\n  b: "yes"'],
  ['toml', 'cat /srv/m/a.toml', '["a.b"]\nc = 1.5'],
  ['envFile', '. /srv/m/a.env; echo "$A"', "it's $x"],
  ['mirror', 'cd /srv/m/pages; find . -type f | sort', './css/a.css\n./index.html'],
  ['tempFile', 'ls -d /tmp/play.* 2>/dev/null | wc -l', '0'],
  [
    'getUrl',
    'cmp /srv/m/app.tar /srv/m/again.tar; tar -tf /srv/m/app.tar | tail -n 1',
    'app-1/bin/app',
  ],
  [
    'unarchive',
    '/srv/m/app/bin/app; /srv/m/there/app-1/bin/app; stat -c %U /srv/m/app/bin/app',
    'app\napp\nroot',
  ],
  ['group', 'getent group crew | cut -d: -f3', '3000'],
  ['user', 'id -un 3100; id -gn jo', 'jo\ncrew'],
  [
    'authorizedKey',
    'stat -c "%U %a" ~jo/.ssh/authorized_keys; cut -d" " -f1 ~jo/.ssh/authorized_keys',
    'jo 600\nssh-ed25519',
  ],
  ['sudoers', 'sudo -l -U jo | tail -n 1', /\(ALL : ALL\) \/usr\/bin\/id$/],
  [
    'knownHost',
    'ssh-keygen -F backup.example.org -f /etc/ssh/ssh_known_hosts | tail -n 1',
    /^\|1\|.* ssh-ed25519 /,
  ],
  ['limits', 'su jo -c "ulimit -n"', '5000'],
  ['aptRepository', 'apt-cache policy tsplay-demo | grep -c "file:/srv/repo"', /^[1-9]/],
  ['apt', 'cat /opt/tsplay-demo; dpkg-query -W -f "\\${Version}" tsplay-demo', 'demo\n1.0'],
  [
    'systemd, of a package that check did not find',
    'systemctl is-active tsplay-demo; systemctl is-enabled tsplay-demo',
    'active\nenabled',
  ],
  ['pkg', 'dpkg-query -W -f "\\${Status}\n" nftables', 'install ok installed'],
  ['yumRepository', 'head -n 1 /etc/yum.repos.d/own.repo', '[own]'],
  ['rpmKey', 'rpm -q gpg-pubkey | wc -l', '1'],
  ['yum', 'cat /opt/rpmdemo; rpm -q rpmdemo', 'rpm\nrpmdemo-1.0-1.noarch'],
  ['systemdUnit', 'systemctl show -p Nice -p NeedDaemonReload --value nap', '5\nno'],
  ['systemd', 'systemctl is-active nap; systemctl is-enabled nap', 'active\nenabled'],
  [
    'timer',
    'systemctl is-active tick.timer; systemctl start tick.service; systemctl show -p Result --value tick',
    'active\nsuccess',
  ],
  ['cron', 'tail -n 1 /etc/cron.d/tick', '@daily root /bin/true'],
  ['tmpfiles', 'stat -c "%U %a" /run/m', 'jo 750'],
  ['hostname', 'hostname; cat /etc/hostname', `${one}-named\n${one}-named`],
  ['timezone', 'date +%Z', /^CES?T$/],
  [
    'locale',
    'LC_ALL=de_DE.UTF-8 locale charmap; tail -n 1 /etc/default/locale',
    'UTF-8\nLANG=de_DE.UTF-8',
  ],
  ['sysctl', 'cat /proc/sys/net/ipv4/ip_forward', '1'],
  ['modprobe', 'cat /etc/modules-load.d/*br_netfilter*', /br_netfilter/],
  [
    'mount',
    'findmnt -n -o FSTYPE,OPTIONS /srv/m/tmp; grep -c /srv/m/tmp /etc/fstab',
    /^tmpfs .*nosuid.*size=1024k.*\n1$/,
  ],
  ['etcdMember', 'etcdctl member list', /, unstarted, , http:\/\/10\.255\.0\.9:2380, , true$/m],
  ['swap', 'grep swapfile /etc/fstab', '# /srv/swapfile none swap sw 0 0'],
  ['hostsEntry', 'getent hosts api.example.org', /^10\.0\.0\.9 /],
  ['iptables', 'iptables -S INPUT | grep "play: web"', /--dports 80,443 .*-j ACCEPT/],
  [
    'nftables',
    'nft list chain inet own input | grep "play: web"',
    /tcp dport \{ 80, 443 \} accept/,
  ],
  ['certificateAuthority', 'openssl x509 -in /srv/m/ca.crt -noout -subject', 'subject=CN = test'],
  [
    'certificate',
    'openssl verify -CAfile /srv/m/ca.crt /srv/m/web.crt; stat -c %a /srv/m/web.key',
    '/srv/m/web.crt: OK\n600',
  ],
  [
    'privateKey',
    'openssl pkey -in /srv/m/sign.key -pubout | cmp - /srv/m/sign.pub && echo same',
    'same',
  ],
  [
    'kubeconfig',
    'stat -c %a /srv/m/admin.conf; grep -c "server: https://127.0.0.1:6443" /srv/m/admin.conf',
    '600\n1',
  ],
  ['command', 'ls /srv/m/by-*', '/srv/m/by-command\n/srv/m/by-script\n/srv/m/by-shell'],
];

test.each(seen)('%s: the host itself shows it', async (_, line, is) => {
  const found = await see(line);
  if (typeof is === 'string') expect(found).toBe(is);
  else expect(found).toMatch(is);
});

test('fetch and reboot: what the controller has, and a host that came back', async () => {
  for (const host of [one, two]) {
    const page = join(around.folder, 'fetched', host, 'srv/m/page');
    expect(readFileSync(page, 'utf8')).toBe('a\nb\n');
  }
  expect(await see('ls /var/lib/restarted; systemctl is-active nap', two)).toBe(
    '/var/lib/restarted\nactive',
  );
  expect(await see('ls /var/lib/restarted 2>/dev/null || echo none')).toBe('none');
});

test('groupBy and addHost: the play behind them has a group, and a host more', async () => {
  const behind = checked.ends.filter(({ step }) => step.play === 'behind');
  expect(behind.map(({ step }) => step.host).toSorted()).toEqual(['later', one, two]);
});

test('every module took part', async () => {
  const used = new Set(checked.ends.map(({ step }) => step.module));
  const all = allModules.map((module) => module.name);
  const reasons = Object.values(elsewhere);
  for (const suite of Object.keys(elsewhere)) {
    expect(existsSync(fileURLToPath(new URL(suite, import.meta.url)))).toBe(true);
  }
  const left = all.filter((each) => !used.has(each) && !reasons.some((of) => of.test(each)));
  expect(left).toEqual([]);
  expect(all.filter((each) => used.has(each) && reasons.some((of) => of.test(each)))).toEqual([]);
});

test('a second run changes nothing', async () => {
  const asked = around.asked.length;
  const second = await run();
  expect([why(second), second.of('changed')]).toEqual(['', []]);
  // The http task looks; nothing is fetched again.
  expect(new Set(around.asked.slice(asked))).toEqual(new Set(['/hello']));
  const pending = await run('--check', '--exit-code');
  expect(pending.of('changed')).toEqual([]);
});
