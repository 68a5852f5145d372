/**
 * Role etcd: one cluster of the group's hosts over TLS. Members start together the first time; a
 * changed configuration rolls through them one at a time, each healthy again before the next.
 */
import { assert, copy, file, query, role, service, template } from 'tsplay';
import { inUrl } from '../variables.ts';
import { ownCertificates, ownTls } from './certificates.ts';
import { etcdctl, membersOf } from './members.ts';
import { staysOneCluster } from './stays-one.ts';
import { etcdVariables } from './variables.ts';

export { ownTls } from './certificates.ts';
export { etcdStaysOne } from './stays-one.ts';
export { etcdVariables } from './variables.ts';

export const etcd = role({
  name: 'etcd',
  vars: etcdVariables,
  uses: { members: membersOf },
  *tasks({ vars, host, inventory, outside, members }) {
    const own = `https://${inUrl(host.address)}:${vars.etcdClientPort}`;
    const tls = vars.etcdTls ?? ownTls(vars);
    const asked = (...words: string[]) => ({ argv: etcdctl(own, tls, words) });
    const healthy = (name: string, ...whom: string[]) =>
      query(name, asked('endpoint', 'health', ...whom), {
        until: ({ code }) => code === 0,
        retries: 30,
        delay: 1,
      });
    const unit = service('etcd', {
      packages: [...vars.etcdPackages],
      // A member is up when it has a quorum: waiting for the first would wait for the others.
      start: { wait: false },
      // One member at a time, and only while the others are healthy.
      rolling: {
        before: [healthy('every member is healthy before one restarts', '--cluster')],
        after: [healthy('etcd is healthy again')],
      },
    });

    yield* staysOneCluster({ inventory, outside }, tls, vars);
    yield unit.installed;
    yield file('data folder', {
      path: vars.etcdDataDir,
      state: 'directory',
      owner: 'etcd',
      group: 'etcd',
      mode: '0700',
    });
    if (!vars.etcdTls) yield* ownCertificates(host, vars, unit.change);
    const dropIns = '/etc/systemd/system/etcd.service.d';
    yield file('drop-ins of the unit', { path: dropIns, state: 'directory', mode: '0755' });
    yield copy(
      'unit of etcd',
      { dest: `${dropIns}/play.conf`, content: unitSettings, mode: '0644' },
      { notify: unit.change },
    );
    yield unit.config('etcd environment', {
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
    });
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
    yield unit.running;

    yield healthy('etcd is healthy');
    const known = query('members', asked('member', 'list'));
    yield known;
    yield assert('a quorum has started', {
      that: (run) => run.result(known).stdoutLines.filter(isStarted).length >= quorum(members),
      message:
        'the cluster has fewer started members than a quorum of the inventory: see etcdctl member list',
    });
  },
});

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
