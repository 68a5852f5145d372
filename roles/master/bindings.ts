/** Who may do what before there is anything else in the cluster. */
import { type Step } from 'tsplay';
import { k8s } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { objectsAccess } from './access.ts';
import type { MasterVariables } from './variables.ts';

/** The group of those who show the bootstrap token. */
export const bootstrapGroup = (cluster: Cluster): string => `system:bootstrappers:${cluster.name}`;

const binding = (name: string, clusterRole: string, group: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
});

export function* bindings(cluster: Cluster, vars: MasterVariables): Iterable<Step> {
  const joining = bootstrapGroup(cluster);
  const requests = 'system:certificates.k8s.io:certificatesigningrequests';
  yield k8s(
    'rights of joining nodes',
    {
      ...objectsAccess(cluster, vars),
      manifest: [
        binding('play:node-bootstrapper', 'system:node-bootstrapper', joining),
        binding('play:node-client-certificates', `${requests}:nodeclient`, joining),
        binding('play:node-client-renewal', `${requests}:selfnodeclient`, 'system:nodes'),
        // What API servers show to kubelets, for logs and exec.
        binding(
          'play:kubelet-api-clients',
          'system:kubelet-api-admin',
          'system:kubelet-api-clients',
        ),
      ],
    },
    { runOnce: true, tags: ['objects'] },
  );
}
