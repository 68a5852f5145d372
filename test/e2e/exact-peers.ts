/** The cases in which Ansible is known to be wrong; `exact.test.ts` prepares and judges them. */
import * as ts from 'tsplay';
import { play, playbook, z, type Step } from 'tsplay';

const at = (name: string): string => `/srv/peers/${name}`;
const conf = (name: string) => ({ file: at(name) });
const gone = { state: 'absent', reload: false } as const;

/** Arguments that are refused where they stand are given as functions: the step alone fails then. */
function* tasks(mode: string): Generator<Step> {
  yield ts.copy('D1', { dest: at('link'), content: 'bad', validate: 'false %s' });
  yield ts.copy('follow', {
    dest: at('link'),
    content: 'bad',
    validate: 'false %s',
    follow: true,
  });
  yield ts.sysctl('D2', { key: 'net.ipv4.tcp_keepalive_time', value: 611, ...conf('2.conf') });
  yield ts.sysctl('D3', {
    key: 'net.ipv4.tcp_rmem',
    value: '4096 87380 600000',
    ...conf('3.conf'),
  });
  yield ts.sysctl('D4', { key: 'net.ipv4.ip_forward', value: 'yes', ...conf('4'), reload: false });
  yield ts.sysctl('true', {
    key: 'net.ipv4.conf.all.forwarding',
    value: true,
    ...conf('4'),
    reload: false,
  });
  yield ts.sysctl('D5', { key: 'vm.swappiness', ...conf('5.conf'), ...gone });
  yield ts.sysctl('minus', { key: 'kernel.foo', ...conf('5.conf'), ...gone });
  yield ts.sysctl('D6', { key: 'net.ipv4.ip_forward', value: '1', ...conf('none/6.conf') });
  yield ts.copy('D7', { dest: at('moded'), content: '', mode: () => mode });
  yield ts.blockInFile('D8', { path: at('block'), block: 'x', marker: () => '# mine' });
  yield ts.blockInFile('open', { path: at('open'), block: 'x' });
  yield ts.blockInFile('twice', { path: at('twice'), block: 'x' });
  yield ts.lineInFile('D10', { path: at('lines'), line: () => 'a\nb' });
  yield ts.lineInFile('D11', { path: at('crlf'), line: 'b' });
  yield ts.lineInFile('D12', { path: at('lines'), regexp: '^key=', line: () => 'key = x' });
  yield ts.systemd('D14', { unit: 'systemd-tmpfiles-clean.service', enabled: false });
  yield ts.systemd('enabled', { unit: 'systemd-tmpfiles-clean.service', enabled: true });
  yield ts.modprobe('D15', { module: 'br_netfilter', persistent: false });
}

export default playbook([
  play({
    name: 'peers',
    hosts: 'all',
    ignoreErrors: true,
    vars: z.strictObject({ mode: z.string() }),
    *tasks({ vars }) {
      yield* tasks(vars.mode);
    },
  }),
]);
