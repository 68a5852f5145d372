/** Role haproxy: services on ports, each in front of servers that are asked whether they work. */
import { apt as pkg, copy, file, flushHandlers, handler, role, systemd, template } from 'tsplay';
import { servicesOf } from './services.ts';
import { haproxyVariables } from './variables.ts';

export const haproxy = role({
  name: 'haproxy',
  vars: haproxyVariables,
  *tasks({ vars, host, inventory }) {
    const services = servicesOf(host, inventory, vars);
    const runs = systemd('haproxy runs', { unit: 'haproxy', state: 'started', enabled: true });
    const reload = handler(
      systemd(
        'reload haproxy',
        { unit: 'haproxy', state: 'reloaded' },
        // Where it was started after the change, it has read the change.
        { when: (run) => run.tryResult(runs)?.changed !== true },
      ),
    );

    yield pkg('haproxy is installed', { name: 'haproxy' });
    // /run is empty after a boot.
    yield copy('folder of the socket at boot', {
      dest: '/etc/tmpfiles.d/haproxy.conf',
      content: 'd /run/haproxy 2775 haproxy haproxy -\n',
      mode: '0644',
    });
    yield file('folder of the socket', {
      path: '/run/haproxy',
      state: 'directory',
      owner: 'haproxy',
      group: 'haproxy',
      mode: '2775',
    });
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
    yield runs;
    yield flushHandlers('reload haproxy');
  },
});
