/** Who may do what before there is anything else in the cluster. */
import { type Step } from 'tsplay';
import { k8s } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { clusterRoleBinding, usersOf } from '../cluster/objects.ts';
import { objectsAccess } from './access.ts';
import type { MasterVariables } from './variables.ts';

/** The group of those who show the bootstrap token. */
export const bootstrapGroup = (cluster: Cluster): string => `system:bootstrappers:${cluster.name}`;

export function* bindings(cluster: Cluster, vars: MasterVariables): Iterable<Step> {
  const joining = usersOf(bootstrapGroup(cluster));
  const requests = 'system:certificates.k8s.io:certificatesigningrequests';
  const clients = usersOf('system:kubelet-api-clients');
  const bound = [
    ['node-bootstrapper', 'system:node-bootstrapper', joining],
    ['node-client-certificates', `${requests}:nodeclient`, joining],
    ['node-client-renewal', `${requests}:selfnodeclient`, usersOf('system:nodes')],
    // What API servers show to kubelets, for logs and exec.
    ['kubelet-api-clients', 'system:kubelet-api-admin', clients],
  ] as const;
  const manifest = bound.map(([name, role, whom]) =>
    clusterRoleBinding(`play:${name}`, role, whom),
  );
  yield k8s(
    'rights of joining nodes',
    { ...objectsAccess(cluster, vars), manifest },
    { runOnce: true, tags: ['objects'] },
  );
}
