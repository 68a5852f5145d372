/** What a node has of the cluster: kubelet makes its own certificates and renews them. */
import type { Step } from 'tsplay';
import { config } from './config.ts';
import { folder, partsOf, trust, type Notify, type PkiContext } from './steps.ts';

export interface NodeNotify {
  /** The authority, which says whom it obeys. */
  readonly kubelet?: Notify;
  /** Its kubeconfig, which it reads at its start. */
  readonly kubeProxy?: Notify;
}

/**
 * Steps for a role that runs kubelet and kube-proxy.
 * @example yield* nodeCertificates({ vars, host, inventory }, { kubeProxy: restart });
 */
export function* nodeCertificates(context: PkiContext, notify: NodeNotify = {}): Iterable<Step> {
  const parts = partsOf(context);
  const { paths, cluster } = parts;
  yield folder(paths.folder, 'of the node');
  yield trust(
    parts,
    'kubernetes',
    paths.authority.certificate,
    'of the cluster for nodes',
    notify.kubelet,
  );
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
