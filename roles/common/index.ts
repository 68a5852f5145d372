/** Role common: what every host needs before anything is put on it. */
import {
  debug,
  hostname,
  modprobe,
  pkg,
  role,
  selinux,
  swap,
  sysctl,
  systemd,
  type Step,
} from 'tsplay';
import { hostsFile, nameOf } from './host-lines.ts';
import { commonVariables, type CommonVariables } from './variables.ts';

export const common = role({
  name: 'common',
  vars: commonVariables,
  *tasks({ vars, host, inventory }) {
    const name = nameOf(host);
    if (name !== undefined) yield hostname('name of the host', { name });
    yield hostsFile('hosts of the inventory', inventory, vars.commonHosts);
    const { commonPackages } = vars;
    if (Object.values(commonPackages).flat().length > 0) {
      yield pkg('common packages', { name: commonPackages });
    }
    yield* vars.sharedKernel ? leaveKernel(vars) : setKernel(vars);
    const firewalls = vars.commonFirewall === 'off' ? ['firewalld', 'ufw'] : [];
    for (const unit of [...firewalls, ...vars.commonServicesOff]) {
      yield systemd(`${unit} is off`, { unit, state: 'stopped', enabled: false });
    }
    if (vars.commonSelinux !== 'leave') {
      yield selinux('SELinux', { state: vars.commonSelinux });
    }
  },
});

/** Modules first: some parameters are there only once a module is loaded. */
function* setKernel(vars: CommonVariables): Iterable<Step> {
  if (vars.commonSwap === 'off') yield swap('swap is off', {});
  for (const module of vars.commonModules) {
    yield modprobe(`kernel module ${module}`, { module, persistent: true });
  }
  for (const [key, value] of Object.entries(vars.commonSysctl)) {
    yield sysctl(`kernel parameter ${key}`, { key, value, file: '/etc/sysctl.d/50-common.conf' });
  }
}

function* leaveKernel(vars: CommonVariables): Iterable<Step> {
  const asked = [
    ...(vars.commonSwap === 'off' ? ['swap'] : []),
    ...vars.commonModules,
    ...Object.keys(vars.commonSysctl),
  ];
  if (asked.length === 0) return;
  yield debug('the kernel is left alone', {
    message: `it is shared with other hosts: ${asked.join(', ')} stay as they are`,
  });
}
