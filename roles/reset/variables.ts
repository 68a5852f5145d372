/** Variables of the role reset. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { hostPath, word } from '../variables.ts';

export const resetVariables = variables(pkiVariables, {
  resetCluster: z
    .string()
    .describe('name of the cluster that is to be no more: say it, as -e resetCluster=kubernetes'),
  kubeletRoot: hostPath.default('/var/lib/kubelet').describe('as of the role node'),
  etcdDataDir: hostPath.default('/var/lib/etcd/default').describe('as of the role etcd'),
  cniConfDir: hostPath.default('/etc/cni/net.d').describe('as of the role cni'),
  cniBridge: word.default('cni0').describe('as of the role cni'),
  masterAuditDir: hostPath.default('/var/log/kubernetes').describe('as of the role master'),
}).superRefine((vars, context) => {
  if (vars.resetCluster === vars.clusterName) return;
  context.addIssue({
    code: 'custom',
    path: ['resetCluster'],
    message: `must be the name of the cluster (${vars.clusterName}): everything in it will be lost`,
  });
});

export type ResetVariables = z.output<typeof resetVariables>;
