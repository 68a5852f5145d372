/** How a node becomes a member: a token for an hour, a certificate of its own, a name. */
import {
  ask,
  derivedSecret,
  file,
  once,
  type HostView,
  type Run,
  type Step,
  type Task,
} from 'tsplay';
import { k8s, k8sWait, kubeconfig, type BootstrapToken } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { bootstrapGroup, clusterAccess, objectsAccess } from '../master/index.ts';
import type { Parts } from '../pki/index.ts';
import { bootstrapKubeconfig, kubeletKubeconfig } from './kubelet-config.ts';
import type { NodeVariables } from './variables.ts';

/** Milliseconds that a token is valid: a node that joins later gets another hour. */
const tokenLifetime = 3_600_000;

/** The first master that the run reaches; it asks any API server that is ready. */
export const onMaster =
  (vars: { readonly clusterMasterGroup: string }) =>
  (run: Run): string =>
    run.firstReachable(vars.clusterMasterGroup);

/** Whether kubelet has joined: then it has written its kubeconfig. */
export const joined = (vars: NodeVariables): Task<boolean> =>
  ask('has joined', {
    argv: ['test', '-s', kubeletKubeconfig(vars)],
    scope: 'host',
    independent: true,
  });

/** The token, on the node and in the cluster, while somebody needs it. */
export function* bootstrapToken(
  { cluster, pki, vars }: Parts<NodeVariables>,
  hasJoined: Task<boolean>,
): Iterable<Step> {
  yield kubeconfig('kubeconfig for joining', {
    path: bootstrapKubeconfig(vars),
    server: cluster.endpoint.url,
    ca: pki.trust('kubernetes'),
    cluster: cluster.name,
    user: 'kubelet-bootstrap',
    token: (run) => pki.bootstrapToken(run).whole,
  });
  const manifest = (run: Run) => tokenSecret(cluster, pki.bootstrapToken(run));
  const token = k8s(
    'token for joining',
    { ...objectsAccess(cluster, vars), manifest },
    { when: (run) => !run.result(hasJoined) },
  );
  yield once(onMaster(vars), token);
}

/** The same all over a run, however often it is asked for. */
const expiry = new Date(Date.now() + tokenLifetime).toISOString().replace(/\.\d+Z$/, 'Z');

/** `data`, for with `stringData` each apply would be a change. */
function tokenSecret(cluster: Cluster, token: BootstrapToken) {
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
