/** A playbook that uses every module that a Debian lab host can run; `modules.test.ts` runs it. */
import * as ts from 'tsplay';
import { etcdMember } from 'tsplay/kubernetes';
import { play, playbook, type Step } from 'tsplay';
import { inside, tasksOfAnyHost, vars, type Vars } from './anywhere.ts';

function* people({ publicKey, hostKey }: Vars): Generator<Step> {
  yield ts.group('group', { name: 'crew', gid: 3000 });
  yield ts.user('user', { name: 'jo', uid: 3100, group: 'crew', shell: '/bin/sh' });
  yield ts.authorizedKey('authorizedKey', { user: 'jo', key: publicKey });
  yield ts.sudoers('sudoers', { name: 'jo', user: 'jo', commands: ['/usr/bin/id'] });
  yield ts.knownHost('knownHost', { name: 'backup.example.org', key: hostKey, hash: true });
  yield ts.limits('limits', { domain: 'jo', item: 'nofile', value: 5000 });
}

function* packages(): Generator<Step> {
  yield ts.aptRepository('aptRepository', {
    name: 'own',
    uris: 'file:/srv/repo',
    suites: './',
    keySrc: 'repo.asc',
  });
  yield ts.apt('apt', { name: 'tsplay-demo=1.0', updateCache: false });
  yield ts.systemd('systemd of a package', {
    unit: 'tsplay-demo',
    state: 'started',
    enabled: true,
  });
  yield ts.pkg('pkg', { name: ['nftables', 'locales', 'rpm', 'dnf'] });
  yield ts.file('yum folder', { path: '/etc/yum.repos.d', state: 'directory' });
  yield ts.yumRepository('yumRepository', {
    name: 'own',
    baseurl: 'file:///srv/rpm/repo',
    gpgcheck: false,
  });
  yield ts.rpmKey('rpmKey', { src: 'repo.asc' });
  yield ts.command('rpm repository', {
    argv: ['/bin/sh', '/srv/rpm/make'],
    creates: '/srv/rpm/repo/repodata',
  });
  yield ts.yum('yum', { name: 'rpmdemo' });
}

function* services(): Generator<Step> {
  const ExecStart = '/bin/sleep infinity';
  const Install = { WantedBy: 'multi-user.target' };
  yield ts.systemdUnit('systemdUnit', {
    unit: 'nap.service',
    sections: { Service: { ExecStart }, Install },
  });
  yield ts.systemdUnit('drop-in', {
    unit: 'nap.service',
    dropIn: 'nice',
    sections: { Service: { Nice: 5 } },
  });
  yield ts.systemd('systemd', { unit: 'nap', state: 'started', enabled: true });
  yield ts.waitFor('waitFor', { unit: 'nap', timeout: 20 });
  yield ts.timer('timer', { name: 'tick', argv: ['/bin/true', '50%'], onCalendar: 'daily' });
  yield ts.cron('cron', { name: 'tick', special: 'daily', job: '/bin/true', file: 'tick' });
  yield ts.tmpfiles('tmpfiles', {
    name: 'm',
    entries: [{ type: 'd', path: '/run/m', mode: '0750', user: 'jo' }],
  });
  yield ts.hostname('hostname', { name: (run) => `${run.host}-named` });
  yield ts.locale('locale', { generate: ['de_DE.UTF-8'], lang: 'de_DE.UTF-8' });
}

function* kernel(): Generator<Step> {
  yield ts.sysctl('sysctl', { key: 'net.ipv4.ip_forward', value: true });
  yield ts.modprobe('modprobe', { module: 'br_netfilter', persistent: true });
  yield ts.mount('mount', {
    path: inside('tmp'),
    src: 'tmpfs',
    fstype: 'tmpfs',
    options: ['size=1m', 'nosuid'],
  });
  yield ts.selinux('selinux', { state: 'permissive' });
  yield ts.hostsEntry('hostsEntry', { name: 'api.example.org', address: '10.0.0.9' });
}

/** Rules and mounts are the kernel's, and systemd-nspawn sets the zone of a host that boots. */
function* lostByReboot(): Generator<Step> {
  yield ts.swap('swap', {});
  yield ts.timezone('timezone', { name: 'Europe/Berlin' });
  yield ts.iptables('iptables', {
    name: 'web',
    chain: 'INPUT',
    protocol: 'tcp',
    destinationPort: [80, 443],
    jump: 'ACCEPT',
  });
  const hook = { type: 'filter', hook: 'input', priority: 10 } as const;
  yield ts.nftables('nftables', {
    name: 'web',
    table: 'own',
    chain: 'input',
    rule: 'tcp dport { 80, 443 } accept',
    create: true,
    hook,
  });
}

/** A learner has no vote: the cluster of one lives on without it. */
function* members(): Generator<Step> {
  yield ts.pkg('etcd', { name: ['etcd-server', 'etcd-client'] });
  yield ts.systemd('etcd runs', { unit: 'etcd', state: 'started' });
  yield etcdMember('etcdMember', {
    name: 'learner',
    peerUrls: ['http://10.255.0.9:2380'],
    learner: true,
    endpoints: ['http://127.0.0.1:2379'],
  });
}

/** Once, and on one host alone: a host that comes back is as it was. */
function* restart(): Generator<Step> {
  const mark = ts.stat('was it restarted', { path: '/var/lib/restarted' });
  yield mark;
  yield ts.reboot('reboot', { timeout: 120 }, { when: (run) => !run.result(mark).exists });
  yield ts.copy('it was restarted', { dest: '/var/lib/restarted', content: '' });
}

export default playbook([
  play({
    name: 'modules',
    hosts: 'all',
    vars,
    *tasks({ vars: given, host }) {
      yield* tasksOfAnyHost(given);
      yield* people(given);
      yield* packages();
      yield* services();
      yield* kernel();
      if (host.name.endsWith('2')) return yield* restart();
      yield* members();
      yield* lostByReboot();
    },
  }),
  play({
    name: 'behind',
    hosts: 'os_debian:late',
    *tasks() {
      yield ts.debug('who', { message: (run) => run.facts.hostname });
    },
  }),
]);
