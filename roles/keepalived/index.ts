/** Role keepalived: one address that the hosts share; it goes where the check succeeds. */
import { flushHandlers, handler, pkg, role, systemd, template } from 'tsplay';
import { interfaceOf, routerOf } from './peers.ts';
import { keepalivedVariables } from './variables.ts';

export const keepalived = role({
  name: 'keepalived',
  vars: keepalivedVariables,
  *tasks({ vars, host, inventory }) {
    const router = routerOf(host, inventory, vars);
    const reload = handler(systemd('reload keepalived', { unit: 'keepalived', state: 'reloaded' }));

    yield pkg('keepalived is installed', { name: 'keepalived' });
    yield template(
      'keepalived configuration',
      {
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
      },
      { notify: reload, tags: ['config'] },
    );
    yield systemd('keepalived runs', {
      unit: 'keepalived',
      state: 'started',
      enabled: true,
      // The hosts need this long to agree on who has the address.
      settle: { stable: 4 * vars.keepalivedInterval + 1 },
    });
    yield flushHandlers('reload keepalived');
  },
});
