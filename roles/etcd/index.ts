/**
 * Role etcd: one cluster of the group's hosts over TLS. Members start together the first time; a
 * changed configuration rolls through them one at a time, each healthy again before the next.
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
  type Task,
} from 'tsplay';
import { inUrl } from '../variables.ts';
import { ownCertificates, ownTls } from './certificates.ts';
import { etcdctl, membersOf } from './members.ts';
import { staysOneCluster } from './stays-one.ts';
import { etcdVariables } from './variables.ts';

export { ownTls } from './certificates.ts';
export { staysOneCluster } from './stays-one.ts';
export { etcdVariables } from './variables.ts';

export const etcd = role({
  name: 'etcd',
  vars: etcdVariables,
  *tasks({ vars, host, inventory, outside }) {
    const members = membersOf(host, inventory, vars);
    const own = `https://${inUrl(host.address)}:${vars.etcdClientPort}`;
    const tls = vars.etcdTls ?? ownTls(vars);
    const ask = (...words: string[]) => ({ argv: etcdctl(own, tls, words) });
    const awaited = { until: ({ code }: { code: number }) => code === 0, retries: 30, delay: 1 };

    const runs = systemd('etcd runs', {
      unit: 'etcd',
      state: 'started',
      enabled: true,
      // A member is up when it has a quorum: waiting for the first would wait for the others.
      wait: false,
    });
    const roll = rolling(
      runs,
      query(
        'every member is healthy before one restarts',
        ask('endpoint', 'health', '--cluster'),
        awaited,
      ),
      query('etcd is healthy again', ask('endpoint', 'health'), awaited),
    );

    yield* staysOneCluster({ inventory, outside }, tls, vars);
    yield pkg('etcd is installed', { name: [...vars.etcdPackages] });
    yield file('data folder', {
      path: vars.etcdDataDir,
      state: 'directory',
      owner: 'etcd',
      group: 'etcd',
      mode: '0700',
    });
    if (!vars.etcdTls) yield* ownCertificates(host, vars, roll);
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
        vars: {
          ...vars,
          name: host.name,
          address: inUrl(host.address),
          own,
          tls: { ...tls, peer: tls.peer ?? tls },
        },
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

    yield query('etcd is healthy', ask('endpoint', 'health'), awaited);
    const known = query('members', ask('member', 'list'));
    yield known;
    yield assert('a quorum has started', {
      that: (run) => run.result(known).stdoutLines.filter(isStarted).length >= quorum(members),
      message:
        'this member is in a cluster of fewer members than it should be: see etcdctl member list',
    });
  },
});

/** One member at a time, and only while the others are healthy. */
function rolling(runs: Task<unknown>, before: Task<unknown>, after: Task<unknown>) {
  const restart = systemd('restart etcd', { unit: 'etcd', state: 'restarted' });
  return handler(
    block(
      'roll etcd',
      { tasks: [before, restart, after] },
      // Where it was started after the change, it has read the change.
      { rolling: true, when: (run) => run.tryResult(runs)?.changed !== true },
    ),
  );
}

const isStarted = (line: string): boolean => line.includes(', started,');
const quorum = (members: readonly unknown[]): number => Math.floor(members.length / 2) + 1;

// The package's unit wants the network and does not wait for its addresses.
const unitSettings = `[Unit]
After=network-online.target

[Service]
EnvironmentFile=-/etc/default/etcd-bootstrap
Restart=on-failure
RestartSec=5
OOMScoreAdjust=-999
`;
