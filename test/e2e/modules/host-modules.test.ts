/**
 * Packages, services, kernel parameters, modules, accounts, name and time zone on a fresh host:
 * checked, applied, looked at on the host itself, and found unchanged by the second run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { down, type Lab } from '../../../lab/index.ts';
import { inventoryFile, labFor, onHost } from '../lab.ts';
import { runPlay, type PlayRun } from '../run-play.ts';

const name = 'hostmods';
const host = `${name}1`;
let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await labFor(name, 1);
  folder = await mkdtemp(join(tmpdir(), 'host-modules-'));
});
afterAll(async () => {
  await down({ name });
  await rm(folder, { recursive: true, force: true });
});

const see = async (line: string): Promise<string> => (await onHost(lab, host, line)).trim();

/** Runs a play with these lines as its tasks. */
async function run(tasks: string, ...argv: readonly string[]): Promise<PlayRun> {
  const playbook = join(folder, 'site.ts');
  await writeFile(
    playbook,
    `import * as ts from 'tsplay';
const { apt, group, handler, hostname, modprobe, pkg, sysctl, systemd, timezone, user, yum, secret } = ts;
export default ts.playbook([ts.play({ name: 'p', hosts: 'all', *tasks() {
${tasks}
} })]);
`,
  );
  return runPlay(['site.ts', '-i', await inventoryFile(lab), ...argv], { cwd: folder });
}

const short = (steps: readonly string[]) => steps.map((step) => step.replace(/^\S+ p\//, ''));
const why = ({ ends, stderr }: PlayRun) =>
  ends.map(({ failure }) => failure?.message ?? '').join('') + stderr;

/** Check, apply, apply again: what check foresaw is what changed, and then nothing does. */
async function thrice(tasks: string): Promise<{ checked: PlayRun; first: PlayRun }> {
  const checked = await run(tasks, '--check');
  expect(why(checked)).toBe('');
  const first = await run(tasks);
  expect(why(first)).toBe('');
  const changed = first.of('changed');
  const foreseen = [...checked.of('changed'), ...checked.of('unknown')];
  expect(changed.filter((step) => !foreseen.includes(step))).toEqual([]);
  expect(checked.of('changed').filter((step) => !changed.includes(step))).toEqual([]);
  const second = await run(tasks);
  expect([why(second), second.of('changed')]).toEqual(['', []]);
  return { checked, first };
}

test('a package and its service, a kernel parameter, a module, a group, a user, name and zone', async () => {
  const { checked, first } = await thrice(`
  yield hostname('name', { name: 'web-7' });
  yield pkg('zones', { name: 'tzdata' });
  yield timezone('zone', { name: 'Europe/Berlin' });
  yield group('team', { name: 'team', gid: 3000 });
  yield user('jo', { name: 'jo', uid: 3100, group: 'team', groups: ['adm'], shell: '/bin/bash' });
  yield pkg('logs', { name: { debian: 'rsyslog', redhat: 'rsyslog' } });
  yield systemd('logs run', { unit: 'rsyslog', state: 'started', enabled: true });
  yield systemd('cron is off', { unit: 'cron', state: 'stopped', enabled: false });
  yield modprobe('bridges', { module: 'br-netfilter', persistent: true });
  yield sysctl('forwarding', { key: 'net.ipv4.ip_forward', value: true });
  yield sysctl('ports', { key: 'net.ipv4.ip_local_port_range', value: '20000 60000' });
  yield sysctl('bridged', { key: 'net.bridge.bridge-nf-call-iptables', value: 1 });
`);
  expect(short(first.of('changed'))).toContain('logs run');
  expect(short(checked.of('unknown'))).toContain('logs run');
  expect(short(checked.of('changed'))).toEqual(
    expect.arrayContaining(['cron is off', 'jo', 'logs', 'name', 'team']),
  );
  expect(await see('hostname; cat /etc/hostname')).toBe('web-7\nweb-7');
  expect(await see('date +%Z')).toMatch(/^CES?T$/);
  expect(await see('id jo')).toBe('uid=3100(jo) gid=3000(team) groups=3000(team),4(adm)');
  expect(await see('systemctl is-active rsyslog; systemctl is-enabled cron || :')).toBe(
    'active\ndisabled',
  );
  expect(await see('cat /proc/sys/net/ipv4/ip_local_port_range')).toBe('20000\t60000');
  expect(await see('ls /usr/sbin/policy-rc.d || echo gone')).toBe('gone');
});

describe('systemd', () => {
  test('a service that crashes after its start fails, with its journal', async () => {
    await onHost(
      lab,
      host,
      `printf '[Service]\\nExecStart=/bin/sh -c "echo going down; exit 3"\\nRestart=always\\n' >/etc/systemd/system/crash.service`,
    );
    const crash = await run(`yield systemd('crash', { unit: 'crash', state: 'started' });`);
    expect([crash.exitCode, short(crash.of('failed'))]).toEqual([2, ['crash']]);
    expect(JSON.stringify(crash.ends)).toContain('going down');
    await thrice(`yield systemd('crash', { unit: 'crash', state: 'stopped', enabled: false });`);
  });

  test('a restart in a handler is a new run, with the unit file as it is on disk', async () => {
    await onHost(
      lab,
      host,
      `printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/etc/systemd/system/nap.service; systemctl start nap
printf '[Service]\\nExecStart=/bin/sleep 2000\\n' >/etc/systemd/system/nap.service`,
    );
    const before = await see('systemctl show -p InvocationID nap');
    const restarted = await run(`
  const again = handler(systemd('again', { unit: 'nap', state: 'restarted' }));
  yield sysctl('any', { key: 'net.ipv4.tcp_keepalive_time', value: 601 }, { notify: again });
`);
    expect([why(restarted), short(restarted.of('changed'))]).toEqual(['', ['again', 'any']]);
    expect(await see('systemctl show -p InvocationID nap')).not.toBe(before);
    expect(await see('pgrep -f -x "/bin/sleep 2000" >/dev/null && echo new')).toBe('new');
  });

  test('static units, masks, instances and runtime links', async () => {
    await thrice(`
  yield systemd('static', { unit: 'systemd-journald', enabled: false });
  yield systemd('mask', { unit: 'rsyslog', state: 'stopped', masked: true });
  yield systemd('instance', { unit: 'getty@tty9', enabled: true });
`);
    const barred = await run(`yield systemd('start', { unit: 'rsyslog', state: 'started' });`);
    expect(why(barred)).toContain('rsyslog.service is masked');
    await thrice(`yield systemd('free', { unit: 'rsyslog', masked: false, state: 'started' });`);
    await onHost(
      lab,
      host,
      `printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/own.service`,
    );
    const own = await run(`yield systemd('own', { unit: 'own', masked: true });`, '--check');
    expect(why(own)).toContain('own.service cannot be masked');
    await onHost(lab, host, 'systemctl disable -q cron; systemctl enable -q --runtime cron');
    await thrice(`yield systemd('for good', { unit: 'cron', enabled: true, state: 'started' });`);
    expect(await see('systemctl is-enabled cron')).toBe('enabled');
  });
});

describe('units of a user who lingers', () => {
  const unitFile = '/home/lin/.config/systemd/user/doze.service';
  /** The user's own manager, seen from outside. */
  const manager = (words: string) =>
    see(
      `setpriv --reuid=lin --regid=lin --init-groups env XDG_RUNTIME_DIR=/run/user/3200 systemctl --user ${words}`,
    );
  const nap = (seconds: number) => `
  for (const path of ['.config', '.config/systemd', '.config/systemd/user']) {
    yield ts.file(path, { path: '/home/lin/' + path, state: 'directory' }, { become: 'lin' });
  }
  const again = handler(systemd('again', { unit: 'doze', scope: 'user', state: 'restarted' }, { become: 'lin' }));
  yield ts.copy('unit', {
    dest: '${unitFile}',
    content: '[Service]\\nExecStart=/bin/sleep ${seconds}\\n[Install]\\nWantedBy=default.target\\n',
  }, { become: 'lin', notify: again });
  yield systemd('doze', { unit: 'doze', scope: 'user', state: 'started', enabled: true }, { become: 'lin' });
`;

  test('are enabled and started as that user, and restarted with their new file', async () => {
    await run(`yield apt('sessions', { name: 'libpam-systemd' });`);
    await onHost(
      lab,
      host,
      `useradd -m -u 3200 -s /bin/bash lin; loginctl enable-linger lin
for i in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/user/3200/systemd/private ] && break; sleep 1; done`,
    );
    await thrice(nap(1000));
    expect(await manager('is-active doze')).toBe('active');
    expect(await manager('is-enabled doze')).toBe('enabled');
    expect(await see('ps -u lin -o args= | grep ^/bin/sleep')).toBe('/bin/sleep 1000');
    expect(await see('systemctl is-active doze || :')).toBe('inactive');
    const { first } = await thrice(nap(2000));
    expect(short(first.of('changed'))).toEqual(['again', 'unit']);
    expect(await see('ps -u lin -o args= | grep ^/bin/sleep')).toBe('/bin/sleep 2000');
  });

  test('are stopped and disabled', async () => {
    await thrice(
      `yield systemd('doze', { unit: 'doze', scope: 'user', state: 'stopped', enabled: false }, { become: 'lin' });`,
    );
    expect(await manager('is-active doze || :')).toBe('inactive');
    expect(await manager('is-enabled doze || :')).toBe('disabled');
  });

  test('of a user without a manager are refused, and what to do is said', async () => {
    await onHost(lab, host, 'useradd -m -u 3201 away');
    const away = await run(
      `yield systemd('doze', { unit: 'doze', scope: 'user', state: 'started' }, { become: 'away' });`,
    );
    expect([away.exitCode, why(away)]).toEqual([2, expect.stringContaining('enable-linger')]);
  });
});

describe('packages', () => {
  test('a version, a hold, a removal', async () => {
    await thrice(`yield apt('hello', { name: 'hello=2.*', hold: true });`);
    expect(await see('apt-mark showhold')).toBe('hello');
    const refused = await run(`yield apt('hello', { name: 'hello', state: 'absent' });`);
    expect([refused.exitCode, why(refused)]).toEqual([2, expect.stringContaining('on hold')]);
    await thrice(
      `yield apt('hello', { name: 'hello', state: 'absent', hold: false, purge: true });`,
    );
  });

  test('a lock is waited for, and its holder named', async () => {
    const hold = (seconds: number) =>
      onHost(
        lab,
        host,
        `setsid sh -c 'exec 9>>/var/lib/dpkg/lock-frontend; exec sleep ${seconds}' >/dev/null 2>&1 </dev/null &`,
      );
    await hold(40);
    const early = await run(`yield apt('sl', { name: 'sl', lockTimeout: 1 });`);
    expect([early.exitCode, JSON.stringify(early.ends)]).toEqual([
      2,
      expect.stringMatching(/locked by process \d+ \(sleep 40/),
    ]);
    await onHost(lab, host, 'pkill -x sleep || :');
    await hold(5);
    await thrice(`yield apt('sl', { name: 'sl' });`);
  });

  test('newest, older and matching versions come from a repository; what is left over goes', async () => {
    await onHost(lab, host, aptRepository);
    const lead = () => see("dpkg-query -W -f '${Version} ${db:Status-Abbrev}' lead tail || :");
    await thrice(`yield apt('lead', { name: 'lead=1.*', cacheValidTime: 3600 });`);
    expect(await lead()).toBe('1.1 ii 1.0 ii');
    const older = await run(`yield apt('lead', { name: 'lead=1.0' });`, '--check');
    expect(why(older)).toContain('lead 1.1 is newer than 1.0');
    await thrice(`yield apt('lead', { name: 'lead=1.0', allowDowngrade: true });`);
    await thrice(
      `yield apt('others', { name: ['lead', 'spare'], state: 'latest', onlyUpgrade: true });`,
    );
    expect(await lead()).toBe('2.0 ii 1.0 ii');
    expect(await see('dpkg -s spare >/dev/null 2>&1 || echo absent')).toBe('absent');
    await thrice(`yield apt('lead', { name: 'lead', state: 'absent', autoremove: true });`);
    expect(await see('dpkg -s tail >/dev/null 2>&1 || ls /etc/lead.conf')).toBe('/etc/lead.conf');
    await thrice(`yield apt('lead', { name: 'lead', state: 'absent', purge: true });`);
    expect(await see('ls /etc/lead.conf 2>/dev/null || echo gone')).toBe('gone');
  });

  test('lists that are too old are fetched before anything is decided', async () => {
    await onHost(lab, host, 'touch -d 2020-01-01 /var/lib/apt/lists /var/lib/apt/lists/partial');
    const newest = `yield apt('lead', { name: 'lead', state: 'latest', cacheValidTime: 3600 });`;
    expect(short((await run(newest)).of('changed'))).toEqual(['lead']);
    expect(await see('find /var/lib/apt/lists -maxdepth 0 -mmin -5')).toBe('/var/lib/apt/lists');
    expect((await run(newest)).of('changed')).toEqual([]);
  });

  test('an interrupted dpkg is repaired where that is asked', async () => {
    await onHost(lab, host, 'dpkg -i /srv/apt/broken_1.0.deb >/dev/null 2>&1 || :');
    const state = () => see("dpkg-query -W -f '${db:Status-Abbrev}' broken");
    expect(await state()).toBe('iF');
    await onHost(lab, host, 'touch /srv/mended');
    await thrice(`yield apt('mend', { repair: true });`);
    expect(await state()).toBe('ii');
  });

  test('a service is not started by its package; one that runs is restarted by its upgrade', async () => {
    await onHost(lab, host, demoPackages);
    const demo = (version: string) =>
      `yield apt('demo', { deb: '/srv/demo_${version}.deb', allowDowngrade: true });`;
    const state = () => see('systemctl is-active demo; systemctl is-enabled demo');
    await thrice(demo('1.0'));
    expect(await state()).toBe('inactive\nenabled');
    await thrice(`yield systemd('demo', { unit: 'demo', state: 'started' });`);
    const before = await see('systemctl show -p InvocationID demo');
    await thrice(demo('2.0'));
    expect(await state()).toBe('active\nenabled');
    expect(await see('systemctl show -p InvocationID demo')).not.toBe(before);
    await onHost(lab, host, 'systemctl stop demo');
    await thrice(demo('1.0'));
    expect(await state()).toBe('inactive\nenabled');
    await thrice(`yield apt('demo', { name: 'demo', state: 'absent', purge: true });`);
  });
});

/** A repository of three versions, one that needs another, and a package whose first try fails. */
const aptRepository = `mkdir -p /srv/apt; cd /srv/apt
deb() {
  rm -rf tree; mkdir -p tree/DEBIAN tree/etc
  printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' $1 $2 >tree/DEBIAN/control
  case $1 in
  lead) echo 'Depends: tail' >>tree/DEBIAN/control; echo x >tree/etc/lead.conf; echo /etc/lead.conf >tree/DEBIAN/conffiles ;;
  broken) printf '#!/bin/sh\\n[ -e /srv/mended ]\\n' >tree/DEBIAN/postinst; chmod 755 tree/DEBIAN/postinst ;;
  esac
  dpkg-deb --root-owner-group -Zgzip --build tree "$1_$2.deb" >/dev/null
}
for v in 1.0 1.1 2.0; do deb lead $v; done; deb tail 1.0; deb spare 1.0; deb broken 1.0
for f in *.deb; do
  dpkg-deb -f $f
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' $f "$(stat -c %s $f)" "$(sha256sum $f | cut -d' ' -f1)"
done >Packages
echo 'deb [trusted=yes] file:/srv/apt ./' >/etc/apt/sources.list.d/own.list
apt-get -qq update`;

/** Two versions of a package with a service, its maintainer script as debhelper writes it. */
const demoPackages = `cd /srv; for v in 1.0 2.0; do
  mkdir -p demo/DEBIAN demo/lib/systemd/system
  printf 'Package: demo\nVersion: %s\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' $v >demo/DEBIAN/control
  printf '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n' >demo/lib/systemd/system/demo.service
  cat >demo/DEBIAN/postinst <<'E'
#!/bin/sh
set -e
deb-systemd-helper enable demo.service >/dev/null
systemctl daemon-reload
if [ -n "$2" ]; then deb-systemd-invoke restart demo.service; else deb-systemd-invoke start demo.service; fi
E
  printf '#!/bin/sh\nif [ "$1" = remove ]; then deb-systemd-invoke stop demo.service; fi\n' >demo/DEBIAN/prerm
  chmod 0755 demo/DEBIAN/postinst demo/DEBIAN/prerm
  dpkg-deb --build -Zgzip demo demo_$v.deb >/dev/null
done`;

describe('a real dnf', () => {
  const version = () => see('rpm -q demo || :');

  test('installs, upgrades, downgrades and removes from a repository', async () => {
    await run(
      `yield apt('tools', { name: ['dnf', 'rpm', 'createrepo-c', 'dnf-plugins-core'], installRecommends: false });`,
    );
    await onHost(lab, host, rpmRepository);
    await thrice(`yield yum('demo', { name: 'demo=1.0' });`);
    expect(await version()).toBe('demo-1.0-1.noarch');
    await thrice(`yield yum('demo', { name: 'demo', state: 'latest' });`);
    expect(await version()).toBe('demo-2.0-1.noarch');
    const refused = await run(`yield yum('demo', { name: 'demo=1.1' });`);
    expect(why(refused)).toContain('newer than 1.1');
    await thrice(`yield yum('demo', { name: 'demo=1.1', allowDowngrade: true });`);
    await thrice(`yield yum('demo', { name: 'demo', state: 'absent' });`);
    await thrice(`yield yum('demo', { rpm: '/srv/rpm/repo/demo-2.0-1.noarch.rpm' });`);
    expect(await version()).toBe('demo-2.0-1.noarch');
  });

  test('takes whole names, groups, chosen repositories and locks; upgrades everything', async () => {
    await thrice(`yield yum('whole', { name: 'demo-1.0-1.noarch', allowDowngrade: true });`);
    expect(await version()).toBe('demo-1.0-1.noarch');
    await thrice(`yield yum('group', { name: ['@tools', '@^small'] });`);
    expect(await see('rpm -q part')).toBe('part-1.0-1.noarch');
    await thrice(`yield yum('no group', { name: ['@tools', '@^small'], state: 'absent' });`);
    const hidden = await run(`yield yum('rare', { name: 'rare' });`);
    expect([hidden.exitCode, short(hidden.of('failed'))]).toEqual([2, ['rare']]);
    await thrice(`yield yum('rare', { name: 'rare', enableRepo: 'rare', disableRepo: '*' });`);
    await thrice(`yield yum('locked', { name: 'demo', hold: true });`);
    const locked = await run(`yield yum('demo', { name: 'demo=2.0' });`);
    expect(why(locked)).toContain('locked by versionlock');
    await thrice(`yield yum('all', { upgrade: true });`);
    expect(await version()).toBe('demo-1.0-1.noarch');
    await thrice(`yield yum('free', { name: 'demo', hold: false });`);
    await thrice(`yield yum('all', { upgrade: true });`);
    expect(await version()).toBe('demo-2.0-1.noarch');
  });
});

/**
 * A repository with a group and an environment, and one that is disabled. Of Debian's plugins only
 * versionlock is for a host without a terminal: another one asks for a user's name.
 */
const rpmRepository = `find /usr/lib/python3/dist-packages/dnf-plugins -name '*.py' ! -name versionlock.py ! -name __init__.py -delete
mkdir -p /srv/rpm/repo /srv/rpm/rare /etc/yum.repos.d; cd /srv/rpm
make() {
  printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n%%description\\nx\\n%%install\\nmkdir -p %%{buildroot}/opt/%s; echo %s >%%{buildroot}/opt/%s/version\\n%%files\\n/opt/%s\\n' $1 $2 $1 $2 $1 $1 >$1.spec
  rpmbuild -bb --define '_topdir /srv/rpm/build' $1.spec >/dev/null 2>&1
}
for v in 1.0 1.1 2.0; do make demo $v; done; make part 1.0; make rare 1.0
mv build/RPMS/noarch/rare-*.rpm rare; cp build/RPMS/noarch/*.rpm repo
cat >comps.xml <<E
<comps>
<group><id>tools</id><name>Tools (all)</name><packagelist><packagereq>part</packagereq></packagelist></group>
<environment><id>small</id><name>Small</name><grouplist><groupid>tools</groupid></grouplist></environment>
</comps>
E
createrepo_c -q -g /srv/rpm/comps.xml repo; createrepo_c -q rare
printf '[%s]\\nname=x\\nbaseurl=file:///srv/rpm/%s\\nenabled=%s\\ngpgcheck=0\\n' demo repo 1 rare rare 0 >/etc/yum.repos.d/demo.repo`;
