/** Variables that a running cluster does not survive a change of, and why. */

const orphans = 'running containers would be orphaned, and started a second time';

/** Variables that `preflightAllowChanges` may name, and what their change breaks. */
export const reasons = {
  kubernetesVersion: 'an older minor may not be able to read what a newer one wrote',
  clusterPodCidr: 'nodes and pods keep addresses of the old network, which is no longer routed',
  clusterServiceCidr: 'services keep their addresses, including those of the API server and of DNS',
  clusterNodeMask: 'nodes keep networks of the old size',
  clusterDomain: 'running pods use the old domain, and tokens of service accounts name it',
  clusterRuntime: orphans,
  clusterCgroupDriver: 'running containers stay in control groups that kubelet does not manage',
  masterApiserverFlags: 'with another etcd-prefix the cluster is empty',
  kubeletRoot: 'volumes of running pods stay mounted in the old folder',
  containerdRoot: orphans,
  dockerRoot: orphans,
  cniKind: 'routes and interfaces of the old network stay and misdirect packets',
  cniBridge: 'running pods stay on the old bridge, which has the same address',
} as const;

export type KeptVariable = keyof typeof reasons;

export const keptVariables = Object.keys(reasons) as readonly KeptVariable[];
