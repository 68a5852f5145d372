/** Where the approver lies on a master. */
import type { ClusterVariables } from '../cluster/index.ts';

export function approverPaths(vars: Pick<ClusterVariables, 'clusterConfigDir'>) {
  const folder = `${vars.clusterConfigDir}/csr-approver`;
  return {
    folder,
    program: `${folder}/approve-serving-certificates`,
    judge: `${folder}/judge-requests.awk`,
    nodes: `${folder}/nodes`,
    settings: `${folder}/settings`,
    kubeconfig: `${vars.clusterConfigDir}/csr-approver.conf`,
  } as const;
}
