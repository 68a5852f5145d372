/** Role haproxy: services on ports, each in front of servers that are asked whether they work. */
import { flushHandlers, handler, pkg, role, sysctl, systemd, template } from 'tsplay';
import { servicesOf } from './services.ts';
import { haproxyVariables } from './variables.ts';

export const haproxy = role({
  name: 'haproxy',
  vars: haproxyVariables,
  *tasks({ vars, host, inventory }) {
    const services = servicesOf(host, inventory, vars);
    const reload = handler(systemd('reload haproxy', { unit: 'haproxy', state: 'reloaded' }));

    yield pkg('haproxy is installed', { name: 'haproxy' });
    if (services.some(({ elsewhere }) => elsewhere)) {
      yield sysctl('may listen on an address that another host has', {
        key: 'net.ipv4.ip_nonlocal_bind',
        value: true,
        file: '/etc/sysctl.d/50-haproxy.conf',
      });
    }
    yield template(
      'haproxy configuration',
      {
        src: 'haproxy/haproxy.cfg.hbs',
        dest: '/etc/haproxy/haproxy.cfg',
        mode: '0640',
        group: 'haproxy',
        vars: {
          services,
          maxConnections: vars.haproxyMaxConnections,
          global: vars.haproxyGlobal,
          stats: vars.haproxyStats ?? null,
        },
        validate: 'haproxy -c -f %s',
      },
      { notify: reload, tags: ['config'] },
    );
    yield systemd('haproxy runs', { unit: 'haproxy', state: 'started', enabled: true });
    yield flushHandlers('reload haproxy');
  },
});
