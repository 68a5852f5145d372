/** Labels and taints that tell what a node is for, the same for every node of its kind. */
import { type HostView, type Step } from 'tsplay';
import { k8sLabel, k8sTaint } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { clusterAccess } from '../master/index.ts';
import type { NodeVariables } from './variables.ts';

const labelPrefix = 'node-role.kubernetes.io/';

interface Labelled {
  /** For the step's name. */
  readonly name: string;
  readonly hosts: readonly HostView[];
  readonly labels: Record<string, string>;
}

/** Steps for all nodes, which one master does. */
export function marks(cluster: Cluster, vars: NodeVariables): readonly Step[] {
  const access = clusterAccess(cluster, vars);
  const tags = ['objects'];
  const labels = labelsOf(cluster).map(({ name, hosts, labels: wanted }) => {
    const objects = hosts.map((host) => `node/${cluster.nodeNameOf(host)}`);
    return k8sLabel(`labels of ${name}`, { ...access, objects, labels: wanted }, { tags });
  });
  const masters = cluster.nodes.filter((host) => cluster.masters.includes(host));
  if (masters.length === 0) return labels;
  const nodes = masters.map(cluster.nodeNameOf);
  // Pods keep off masters, unless it is said that they may run there or they have no other place.
  const keys = cluster.traits.masterTaints;
  const isOpen = vars.clusterSchedulableMasters || masters.length === cluster.nodes.length;
  const taints = keys.map((key) => ({ key, value: '', effect: 'NoSchedule' as const }));
  const marked = isOpen ? { taints: [], absent: [...keys] } : { taints, absent: [] };
  return [...labels, k8sTaint('taints of masters', { ...access, nodes, ...marked }, { tags })];
}

/** Masters, workers, and further labels of single hosts, as far as these are nodes. */
function labelsOf({ masters, nodes, traits }: Cluster): readonly Labelled[] {
  const ofMasters = traits.masterLabels.map((label) => [label, '']);
  return [
    {
      name: 'masters',
      hosts: nodes.filter((host) => masters.includes(host)),
      labels: Object.fromEntries(ofMasters) as Record<string, string>,
    },
    {
      name: 'workers',
      hosts: nodes.filter((host) => !masters.includes(host)),
      labels: { [`${labelPrefix}worker`]: '' },
    },
    ...nodes
      .map((host) => ({ name: host.name, hosts: [host], labels: labelsOfHost(host) }))
      .filter(({ labels }) => Object.keys(labels).length > 0),
  ].filter(({ hosts }) => hosts.length > 0);
}

function labelsOfHost({ vars }: HostView): Record<string, string> {
  const labels = vars['nodeLabels'];
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
}
