/** Role common: what every host needs before anything is put on it. */
import { blockInFile, debug, hostname, pkg, role, selinux, swap, systemd } from 'tsplay';
import { hostLines } from './host-lines.ts';
import { commonVariables } from './variables.ts';

export const common = role({
  name: 'common',
  vars: commonVariables,
  *tasks({ vars, host, inventory }) {
    if (vars.commonSetHostname) {
      yield hostname('name of the host', { name: vars.commonHostname ?? host.name });
    }
    yield blockInFile(
      'hosts of the inventory',
      {
        path: '/etc/hosts',
        marker: '# {mark} hosts of the inventory',
        block: hostLines(inventory, vars.commonHosts).join('\n'),
      },
      { tags: ['hosts'] },
    );
    const { commonPackages } = vars;
    const named = Array.isArray(commonPackages)
      ? commonPackages
      : Object.values(commonPackages).flat();
    if (named.length > 0) yield pkg('common packages', { name: commonPackages });
    const firewalls = vars.commonFirewall === 'off' ? ['firewalld', 'ufw'] : [];
    for (const unit of [...firewalls, ...vars.commonServicesOff]) {
      yield systemd(`${unit} is off`, { unit, state: 'stopped', enabled: false });
    }
    if (vars.commonSelinux !== 'leave') {
      yield selinux('SELinux', { state: vars.commonSelinux });
    }
    if (vars.commonSwap === 'off') {
      yield vars.sharedKernel
        ? debug('swap is left alone', { message: "it is the controller's own on a shared kernel" })
        : swap('swap is off', {});
    }
  },
});
