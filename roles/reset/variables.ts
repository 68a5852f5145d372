/** Variables of the role reset. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { cniVariables } from '../cni/index.ts';
import { etcdVariables } from '../etcd/variables.ts';
import { masterVariables } from '../master/variables.ts';
import { nodeVariables } from '../node/index.ts';
import { refusing, taken } from '../variables.ts';

export const resetVariables = variables(pkiVariables, {
  resetCluster: z
    .string()
    .describe('name of the cluster to destroy, as -e resetCluster=kubernetes'),
  ...taken('node', nodeVariables, 'kubeletRoot'),
  ...taken('etcd', etcdVariables, 'etcdDataDir'),
  ...taken('cni', cniVariables, 'cniConfDir', 'cniBridge'),
  ...taken('master', masterVariables, 'masterAuditDir'),
}).superRefine(
  refusing(({ resetCluster, clusterName }, refuse) => {
    if (resetCluster === clusterName) return;
    const why = `must be the name of the cluster (${clusterName}): everything in it will be lost`;
    refuse('resetCluster', why);
  }),
);

export type ResetVariables = z.output<typeof resetVariables>;
