/** Labels and taints that tell what a node is for, the same for every node of its kind. */
import type { HostView } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import type { NodeVariables } from './variables.ts';

const labelPrefix = 'node-role.kubernetes.io/';

export interface Labelled {
  /** For the step's name. */
  readonly name: string;
  readonly nodes: readonly string[];
  readonly labels: Record<string, string>;
}

export interface Tainted {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly taints: { key: string; value: string; effect: 'NoSchedule' }[];
  readonly absent: string[];
}

/** Masters, workers, and further labels of single hosts, as far as these are nodes. */
export function labelsOf(cluster: Cluster): readonly Labelled[] {
  const isMaster = (host: HostView): boolean => cluster.masters.includes(host);
  const own = cluster.nodes.flatMap((host): readonly Labelled[] => {
    const labels = labelsOfHost(host);
    if (Object.keys(labels).length === 0) return [];
    return [{ name: host.name, nodes: [cluster.nodeNameOf(host)], labels }];
  });
  const kinds: readonly Labelled[] = [
    {
      name: 'masters',
      nodes: cluster.nodes.filter(isMaster).map(cluster.nodeNameOf),
      labels: Object.fromEntries(cluster.traits.masterLabels.map((label) => [label, ''])),
    },
    {
      name: 'workers',
      nodes: cluster.nodes.filter((host) => !isMaster(host)).map(cluster.nodeNameOf),
      labels: { [`${labelPrefix}worker`]: '' },
    },
  ];
  return [...kinds, ...own].filter(({ nodes }) => nodes.length > 0);
}

function labelsOfHost({ vars }: HostView): Record<string, string> {
  const labels = vars['nodeLabels'];
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}

/** Pods keep off masters, unless it is said that they may run there. */
export function taintsOf(cluster: Cluster, vars: NodeVariables): readonly Tainted[] {
  const nodes = cluster.nodes
    .filter((host) => cluster.masters.includes(host))
    .map(cluster.nodeNameOf);
  if (nodes.length === 0) return [];
  const keys = cluster.traits.masterTaints;
  const schedulable = vars.clusterSchedulableMasters || nodes.length === cluster.nodes.length;
  if (schedulable) return [{ name: 'masters', nodes, taints: [], absent: [...keys] }];
  const taints = keys.map((key) => ({ key, value: '', effect: 'NoSchedule' as const }));
  return [{ name: 'masters', nodes, taints, absent: [] }];
}
