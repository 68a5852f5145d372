/** Role keepalived: one address that the hosts share; it goes where the check succeeds. */
import { role, service } from 'tsplay';
import { interfaceOf, routerOf } from './peers.ts';
import { keepalivedVariables } from './variables.ts';

export const keepalived = role({
  name: 'keepalived',
  vars: keepalivedVariables,
  uses: { router: routerOf },
  *tasks({ vars, host, router }) {
    const unit = service('keepalived', {
      change: 'reload',
      // The hosts need this long to agree on who has the address.
      start: { settle: { stable: 4 * vars.keepalivedInterval + 1 } },
    });

    yield unit.installed;
    yield unit.config('keepalived configuration', {
      src: 'keepalived/keepalived.conf.hbs',
      dest: '/etc/keepalived/keepalived.conf',
      mode: '0600',
      vars: (run) => ({
        ...vars,
        ...router,
        name: host.name,
        address: host.address,
        interface: vars.keepalivedInterface ?? interfaceOf(run, host),
      }),
      validate: 'keepalived -t -f %s',
    });
    yield unit.running;
  },
});
