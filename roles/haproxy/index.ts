/** Role haproxy: services on ports, each in front of servers that are asked whether they work. */
import { role, service, sysctl } from 'tsplay';
import { servicesOf } from './services.ts';
import { haproxyVariables } from './variables.ts';

export const haproxy = role({
  name: 'haproxy',
  vars: haproxyVariables,
  uses: { services: servicesOf },
  *tasks({ vars, services }) {
    const unit = service('haproxy', { change: 'reload' });

    yield unit.installed;
    if (services.some(({ elsewhere }) => elsewhere)) {
      yield sysctl('may listen on an address that another host has', {
        key: 'net.ipv4.ip_nonlocal_bind',
        value: true,
        file: '/etc/sysctl.d/50-haproxy.conf',
      });
    }
    yield unit.config('haproxy configuration', {
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
    });
    yield unit.running;
  },
});
