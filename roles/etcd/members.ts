/** Who the members of the cluster are, and what of the whole fleet is refused. */
import { PlaybookError, type Context } from 'tsplay';
import { addressMistakes, disagreements, refuse } from '../fleet.ts';
import { inUrl } from '../variables.ts';
import type { EtcdTls, EtcdVariables } from './variables.ts';

export interface Member {
  readonly name: string;
  readonly peerUrl: string;
  readonly clientUrl: string;
}

/**
 * The members, in inventory order.
 * @throws PlaybookError for an even number, addresses that do not fit, ports that differ
 */
export function membersOf({ host, inventory, vars }: Context<EtcdVariables>): readonly Member[] {
  const hosts = inventory.group(vars.etcdGroup);
  if (!hosts.some(({ name }) => name === host.name)) {
    throw new PlaybookError(`etcd: ${host.name} is not in the group '${vars.etcdGroup}'`, {
      hint: 'put it there, or set etcdGroup to the group of the members',
    });
  }
  refuse('etcd', addressMistakes(hosts));
  const { etcdClientPort, etcdPeerPort, etcdClusterToken } = vars;
  const agreed = { etcdClientPort, etcdPeerPort, etcdClusterToken };
  refuse('etcd', disagreements(agreed, host.name, hosts));
  if (hosts.length % 2 === 0 && !vars.etcdAllowEvenMembers) {
    throw new PlaybookError(
      `etcd: ${hosts.length} members tolerate no more failures than ${hosts.length - 1}`,
      { hint: 'have 1, 3 or 5, or set etcdAllowEvenMembers: true while the cluster grows' },
    );
  }
  return hosts.map(({ name, address }) => ({
    name,
    peerUrl: `https://${inUrl(address)}:${vars.etcdPeerPort}`,
    clientUrl: `https://${inUrl(address)}:${vars.etcdClientPort}`,
  }));
}

/**
 * `etcdctl` and its arguments for a member.
 * @param words what follows, as `endpoint`, `health`
 */
export function etcdctl(endpoint: string, tls: EtcdTls, words: readonly string[]): string[] {
  const { cert, key } = tls.client ?? tls;
  const trust = [`--cacert=${tls.ca}`, `--cert=${cert}`, `--key=${key}`];
  // A member that is away is told by the attempts, not by the patience of one.
  const patience = ['--dial-timeout=1s', '--command-timeout=3s'];
  return ['etcdctl', `--endpoints=${endpoint}`, ...patience, ...trust, ...words];
}
