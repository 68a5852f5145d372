/** The ports that a host's parts of the cluster listen on, and whose they are. */
import type { HostView } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import type { PreflightVariables } from './variables.ts';

/** Port to the unit that may have it already. */
export function portsOf(
  host: HostView,
  cluster: Cluster,
  vars: PreflightVariables,
): ReadonlyMap<number, string> {
  const isIn = (hosts: readonly HostView[]): boolean =>
    hosts.some(({ name }) => name === host.name);
  const isNode = isIn(cluster.nodes);
  const { kind, port } = cluster.endpoint;
  const balances = kind === 'vip' && host.groups.includes('haproxy');
  return new Map<number, string>([
    ...(isIn(cluster.etcd) ? ofEtcd : []),
    ...(isIn(cluster.masters)
      ? ([[cluster.apiPort, 'kube-apiserver.service'], ...ofMasters] as const)
      : []),
    ...(isNode ? ofNodes : []),
    ...(kind === 'local-nginx' && isNode ? ([[port, 'kube-nginx.service']] as const) : []),
    ...(balances ? ([[port, 'haproxy.service']] as const) : []),
    ...Object.entries(vars.preflightPortUnits).map(([own, unit]) => [Number(own), unit] as const),
  ]);
}

const ofEtcd = [
  [2379, 'etcd.service'],
  [2380, 'etcd.service'],
  [2381, 'etcd.service'],
] as const;
const ofMasters = [
  [10_257, 'kube-controller-manager.service'],
  [10_259, 'kube-scheduler.service'],
] as const;
const ofNodes = [
  [10_248, 'kubelet.service'],
  [10_250, 'kubelet.service'],
  [10_249, 'kube-proxy.service'],
  [10_256, 'kube-proxy.service'],
] as const;
