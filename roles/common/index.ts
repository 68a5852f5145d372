/** Role common: what every host needs before anything is put on it. */
import { pkg, blockInFile, role, systemd } from 'tsplay';
import { hostLines } from './host-lines.ts';
import { commonVariables } from './variables.ts';

export const common = role({
  name: 'common',
  vars: commonVariables,
  *tasks({ vars, inventory }) {
    yield blockInFile(
      'hosts of the inventory',
      {
        path: '/etc/hosts',
        marker: '# {mark} hosts of the inventory',
        block: hostLines(inventory, vars.commonHosts).join('\n'),
      },
      { tags: ['hosts'] },
    );
    if (vars.commonPackages.length > 0) {
      yield pkg('common packages', { name: [...vars.commonPackages] });
    }
    if (vars.commonFirewall === 'off') {
      for (const unit of ['firewalld', 'ufw']) {
        yield systemd(`${unit} is off`, { unit, state: 'stopped', enabled: false });
      }
    }
  },
});
