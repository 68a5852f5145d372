/**
 * Role etcd: one cluster of the group's hosts. Members start together the first time; a changed
 * configuration rolls through them one at a time, each healthy again before the next.
 */
import {
  assert,
  block,
  copy,
  file,
  flushHandlers,
  handler,
  pkg,
  query,
  role,
  systemd,
  template,
} from 'tsplay';
import { inUrl } from '../variables.ts';
import { etcdctl, membersOf, schemeOf } from './members.ts';
import { etcdVariables } from './variables.ts';

export const etcd = role({
  name: 'etcd',
  vars: etcdVariables,
  *tasks({ vars, host, inventory }) {
    const members = membersOf(host, inventory, vars);
    const scheme = schemeOf(vars);
    const own = `${scheme}://${inUrl(host.address)}:${vars.etcdClientPort}`;
    const { etcdTls } = vars;
    const tls = etcdTls ? { ...etcdTls, peer: etcdTls.peer ?? etcdTls } : null;
    const ask = (...words: string[]) => ({ argv: etcdctl(own, vars, words) });

    const runs = systemd('etcd runs', {
      unit: 'etcd',
      state: 'started',
      enabled: true,
      // A member is up when it has a quorum: waiting for the first would wait for the others.
      wait: false,
    });
    const roll = handler(
      block(
        'roll etcd',
        {
          tasks: [
            query(
              'every member is healthy before one restarts',
              ask('endpoint', 'health', '--cluster'),
              {
                until: ({ code }) => code === 0,
                retries: 15,
                delay: 1,
              },
            ),
            systemd('restart etcd', { unit: 'etcd', state: 'restarted' }),
            query('etcd is healthy again', ask('endpoint', 'health'), {
              until: ({ code }) => code === 0,
              retries: 30,
              delay: 1,
            }),
          ],
        },
        // Where it was started after the change, it has read the change.
        { throttle: 1, when: (run) => run.tryResult(runs)?.changed !== true },
      ),
    );

    yield pkg('etcd is installed', { name: [...vars.etcdPackages] });
    yield file('data folder', {
      path: vars.etcdDataDir,
      state: 'directory',
      owner: 'etcd',
      group: 'etcd',
      mode: '0700',
    });
    yield file('drop-ins of the unit', {
      path: '/etc/systemd/system/etcd.service.d',
      state: 'directory',
      mode: '0755',
    });
    yield copy(
      'unit of etcd',
      {
        dest: '/etc/systemd/system/etcd.service.d/play.conf',
        content: unitSettings,
        mode: '0644',
      },
      { notify: roll },
    );
    yield template(
      'etcd environment',
      {
        src: 'etcd/etcd.env.hbs',
        dest: '/etc/default/etcd',
        mode: '0600',
        vars: { ...vars, name: host.name, address: inUrl(host.address), scheme, own, tls },
      },
      { notify: roll, tags: ['config'] },
    );
    // Read at the first start alone: a member that comes later restarts nobody.
    yield template(
      'first members of the cluster',
      {
        src: 'etcd/bootstrap.env.hbs',
        dest: '/etc/default/etcd-bootstrap',
        mode: '0600',
        vars: {
          state: vars.etcdInitialState,
          token: vars.etcdClusterToken,
          members: members.map(({ name, peerUrl }) => `${name}=${peerUrl}`),
          peerUrl: members.find(({ name }) => name === host.name)?.peerUrl,
        },
      },
      { tags: ['config'] },
    );
    yield runs;
    yield flushHandlers('roll etcd');

    yield query('etcd is healthy', ask('endpoint', 'health'), {
      until: ({ code }) => code === 0,
      retries: 30,
      delay: 1,
    });
    const known = query('members', ask('member', 'list'));
    yield known;
    yield assert('every member has joined', {
      that: (run) => !run.result(known).stdout.includes('unstarted'),
      message: 'a member of the cluster was added and never started: see etcdctl member list',
    });
  },
});

// The package's unit wants the network and does not wait for its addresses.
const unitSettings = `[Unit]
After=network-online.target

[Service]
EnvironmentFile=-/etc/default/etcd-bootstrap
Restart=on-failure
RestartSec=5
OOMScoreAdjust=-999
`;
