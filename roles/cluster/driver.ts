/** The control groups' driver: the runtime's and kubelet's are one variable, so they cannot differ. */
import type { ClusterVariables } from './variables.ts';

/** Containers that share a kernel have no systemd that owns their control groups. */
export const cgroupDriverOf = ({
  clusterCgroupDriver,
  sharedKernel,
}: Pick<ClusterVariables, 'clusterCgroupDriver' | 'sharedKernel'>): 'systemd' | 'cgroupfs' =>
  clusterCgroupDriver ?? (sharedKernel ? 'cgroupfs' : 'systemd');
