/** What hosts can do that have no more than a shell and its tools; `odd-hosts.test.ts` runs it. */
import * as ts from 'tsplay';
import { play, playbook, type Step } from 'tsplay';
import { inside, tasksOfAnyHost, vars, type Vars } from '../modules/anywhere.ts';

function* system({ publicKey, hostKey }: Vars): Generator<Step> {
  yield ts.authorizedKey('authorizedKey', { user: 'root', key: publicKey });
  yield ts.knownHost('knownHost', {
    name: 'backup.example.org',
    key: hostKey,
    path: '/root/.ssh/known_hosts',
  });
  yield ts.hostsEntry('hostsEntry', { name: 'api.example.org', address: '10.0.0.9' });
  yield ts.file('folder of cron', { path: '/etc/cron.d', state: 'directory' });
  yield ts.cron('cron', { name: 'tick', special: 'daily', job: '/bin/true', file: 'tick' });
  yield ts.file('folder of limits', { path: '/etc/security/limits.d', state: 'directory' });
  yield ts.limits('limits', { domain: 'root', item: 'nofile', value: 5000 });
  yield ts.file('folder of sysctl', { path: '/etc/sysctl.d', state: 'directory' });
  yield ts.sysctl('sysctl', { key: 'net.ipv4.ip_forward', value: true });
  yield ts.mount('mount', {
    path: inside('tmp'),
    src: 'tmpfs',
    fstype: 'tmpfs',
    options: ['size=1m', 'nosuid'],
  });
  yield ts.hostname('hostname', { name: (run) => `${run.host}-named` });
}

function* hard(): Generator<Step> {
  const name = ` it's "so" \\ $HOME\n\u00fc `;
  yield ts.copy('a hard name', { dest: inside(name), content: '`id` %s \\n $x\r\nno end' });
  const dashed = ts.stat('is it there', { path: inside('-n') });
  yield dashed;
  yield ts.file(
    'a name with a dash',
    { path: inside('-n'), state: 'touch' },
    { when: (run) => !run.result(dashed).exists },
  );
  yield ts.waitFor('waitFor path', { path: inside(name), timeout: 5 });
  yield ts.waitFor('waitFor process', {
    process: (run) => (run.host === 'box' ? 'dropbear' : 'sshd'),
    timeout: 5,
  });
}

export default playbook([
  play({
    name: 'odd',
    hosts: 'all',
    vars,
    *tasks({ vars: given }) {
      yield* tasksOfAnyHost(given);
      yield* system(given);
      yield* hard();
    },
  }),
]);
