/** What a node has of the cluster: kubelet makes its own certificates and renews them. */
import type { Step } from 'tsplay';
import { config } from './config.ts';
import { folder, trust, type Notify, type Parts } from './steps.ts';

export interface NodeNotify {
  /** The authority, which says whom it obeys. */
  readonly kubelet?: Notify;
  /** Its kubeconfig, which it reads at its start. */
  readonly kubeProxy?: Notify;
}

/**
 * Steps for a role that runs kubelet and kube-proxy.
 * @example yield* nodeCertificates(parts, { kubeProxy: restart });
 */
export function* nodeCertificates(parts: Parts, notify: NodeNotify = {}): Iterable<Step> {
  const { paths, cluster } = parts;
  const { certificate } = paths.authority;
  yield folder(paths.folder, 'of the node');
  yield trust(parts, 'kubernetes', certificate, 'of the cluster for nodes', notify.kubelet);
  yield config(
    parts,
    {
      name: 'of kube-proxy',
      path: paths.kubeProxyConfig,
      server: cluster.endpoint.url,
      commonName: 'system:kube-proxy',
    },
    notify.kubeProxy,
  );
}
