/** Variables that a running cluster does not survive a change of, and why. */

const orphans = "containers that run would be nobody's, and started a second time";

/** Variables that `preflightAllowChanges` may name, and what their change breaks. */
export const reasons = {
  kubernetesVersion: 'an older minor need not read what a newer one has written',
  clusterPodCidr:
    'nodes and pods keep their parts of the old network, which nobody routes any more',
  clusterServiceCidr:
    'services keep their addresses, the API server and the DNS of the cluster among them',
  clusterNodeMask: 'nodes keep parts of the old size',
  clusterDomain:
    'pods that run ask for names in the old domain, and tokens of service accounts name it',
  clusterRuntime: orphans,
  clusterCgroupDriver: 'containers that run stay in control groups that kubelet does not look at',
  masterApiserverFlags: 'with another etcd-prefix the cluster is empty',
  kubeletRoot: 'volumes of pods that run stay mounted in the old folder',
  containerdRoot: orphans,
  dockerRoot: orphans,
  cniKind: 'routes and interfaces of the old network stay, and lead pods astray',
  cniBridge: 'pods that run stay on the old bridge, which has the same address',
} as const;

export type KeptVariable = keyof typeof reasons;

export const keptVariables = Object.keys(reasons) as readonly KeptVariable[];
