/** How a node becomes a member: a token for an hour, a certificate of its own, a name. */
import { derivedSecret, file, query, type HostView, type Run, type Step, type Task } from 'tsplay';
import { k8s, k8sWait, kubeconfig } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { bootstrapGroup, clusterAccess, objectsAccess } from '../master/index.ts';
import { clusterPki } from '../pki/index.ts';
import { bootstrapKubeconfig, kubeletKubeconfig } from './kubelet-config.ts';
import type { NodeVariables } from './variables.ts';

/** Milliseconds that a token is valid: a node that joins later gets another hour. */
const tokenLifetime = 3_600_000;

/** The first master that the run reaches; it asks any API server that is ready. */
export const onMaster =
  (vars: { readonly clusterMasterGroup: string }) =>
  (run: Run): string =>
    run.firstReachable(vars.clusterMasterGroup);

export interface Joining {
  readonly asked: Task<{ readonly code: number }>;
  /** Whether the node has still to join. */
  readonly isNew: (run: Run) => boolean;
}

/** Asks the host whether kubelet has joined: then it has written its kubeconfig. */
export function joining(vars: NodeVariables): Joining {
  const asked = query('has joined', {
    argv: ['test', '-s', kubeletKubeconfig(vars)],
    codes: 'any',
    scope: 'host',
    independent: true,
  });
  return { asked, isNew: (run) => run.result(asked).code !== 0 };
}

/** The token, on the node and in the cluster, while somebody needs it. */
export function* bootstrapToken(
  cluster: Cluster,
  vars: NodeVariables,
  { isNew }: Joining,
): Iterable<Step> {
  const pki = clusterPki(vars);
  yield kubeconfig('kubeconfig for joining', {
    path: bootstrapKubeconfig(vars),
    server: cluster.endpoint.url,
    ca: pki.trust('kubernetes'),
    cluster: cluster.name,
    user: 'kubelet-bootstrap',
    token: (run) => pki.bootstrapToken(run).whole,
  });
  yield k8s(
    'token for joining',
    {
      ...objectsAccess(cluster, vars),
      manifest: (run) => tokenSecret(cluster, pki.bootstrapToken(run)),
    },
    { when: isNew, runOnce: true, on: onMaster(vars) },
  );
}

/** The same all over a run, however often it is asked for. */
const expiry = new Date(Date.now() + tokenLifetime).toISOString().replace(/\.\d+Z$/, 'Z');

/** `data`, for with `stringData` each apply would be a change. */
function tokenSecret(
  cluster: Cluster,
  token: ReturnType<ReturnType<typeof clusterPki>['bootstrapToken']>,
) {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${token.id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: {
      'token-id': encoded(token.id),
      'token-secret': derivedSecret(token.secret, encoded),
      'usage-bootstrap-authentication': encoded('true'),
      'auth-extra-groups': encoded(bootstrapGroup(cluster)),
      expiration: encoded(expiry),
    },
  };
}

/** With kubelet's own rights, on its own host: a failure shows its journal. */
export function awaited(
  name: string,
  condition: string,
  host: HostView,
  cluster: Cluster,
  vars: Parameters<typeof clusterAccess>[1] & Pick<NodeVariables, 'nodeStartSeconds'>,
): Step {
  return k8sWait(name, {
    kubectl: clusterAccess(cluster, vars).kubectl,
    kubeconfig: kubeletKubeconfig(vars),
    object: `node/${cluster.nodeNameOf(host)}`,
    for: condition,
    unit: 'kubelet',
    timeout: vars.nodeStartSeconds,
  });
}

export const nodeFolders = (vars: NodeVariables): readonly Step[] =>
  [vars.kubeletRoot, `${vars.clusterConfigDir}/manifests`].map((path) =>
    file(`folder ${path}`, { path, state: 'directory', mode: '0755' }),
  );
