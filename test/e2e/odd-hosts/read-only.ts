/** Modules that write below /etc and /var, for a host whose root is read-only. */
import * as ts from 'tsplay';
import { play, playbook } from 'tsplay';
import { vars } from '../modules/anywhere.ts';

const another = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr';

export default playbook([
  play({
    name: 'sealed',
    hosts: 'all',
    vars,
    ignoreErrors: true,
    *tasks({ vars: { hostKey } }) {
      yield ts.group('group', { name: 'sealers' });
      yield ts.user('user', { name: 'jo' });
      yield ts.authorizedKey('authorizedKey', { user: 'root', key: another });
      yield ts.knownHost('knownHost', { name: 'sealed.example.org', key: hostKey });
      yield ts.hostsEntry('hostsEntry', { name: 'sealed.example.org', address: '10.0.0.8' });
      yield ts.sudoers('sudoers', { name: 'jo', user: 'root', commands: ['/usr/bin/id'] });
      yield ts.limits('limits', { domain: 'root', item: 'nofile', value: 6000 });
      yield ts.apt('apt', { name: 'sl', updateCache: false });
      yield ts.aptRepository('aptRepository', {
        name: 'own',
        uris: 'file:/srv/repo',
        suites: './',
        trusted: true,
      });
      yield ts.systemdUnit('systemdUnit', {
        unit: 'nap.service',
        sections: { Service: { ExecStart: '/bin/sleep infinity' } },
      });
      yield ts.systemd('systemd', { unit: 'cron', enabled: false });
      yield ts.systemd('mask', { unit: 'cron', masked: true, state: 'stopped' });
      yield ts.timer('timer', { name: 'tock', argv: ['/bin/true'], onCalendar: 'daily' });
      yield ts.cron('cron', { name: 'tock', special: 'daily', job: '/bin/true', file: 'tock' });
      yield ts.cron('crontab', { name: 'tock', special: 'daily', job: '/bin/true' });
      yield ts.tmpfiles('tmpfiles', { name: 'm', entries: [{ type: 'd', path: '/run/m' }] });
      yield ts.hostname('hostname', { name: 'another' });
      yield ts.timezone('timezone', { name: 'Europe/Berlin' });
      yield ts.sysctl('sysctl', { key: 'net.ipv4.tcp_keepalive_time', value: 601 });
      yield ts.modprobe('modprobe', { module: 'br_netfilter', persistent: true });
      yield ts.mount('mount', { path: '/srv/sealed', src: 'tmpfs', fstype: 'tmpfs' });
      yield ts.script('script', { src: 'make.sh', arguments: ['/srv/by-script'] });
    },
  }),
]);
