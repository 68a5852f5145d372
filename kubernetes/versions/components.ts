/** What each minor of Kubernetes is released with: kubeadm's constants in one of its patches. */
import type { KubernetesVersion } from './version.ts';

export interface Components {
  /** The version that kubeadm starts; an older one may do. */
  readonly etcd: string;
  readonly coredns: string;
  readonly pause: string;
}

const table: Readonly<Record<number, Components>> = {
  16: { etcd: '3.3.15', coredns: '1.6.2', pause: '3.1' },
  17: { etcd: '3.4.3', coredns: '1.6.5', pause: '3.1' },
  18: { etcd: '3.4.3', coredns: '1.6.7', pause: '3.2' },
  19: { etcd: '3.4.13', coredns: '1.7.0', pause: '3.2' },
  20: { etcd: '3.4.13', coredns: '1.7.0', pause: '3.2' },
  21: { etcd: '3.4.13', coredns: '1.8.0', pause: '3.4.1' },
  22: { etcd: '3.5.6', coredns: '1.8.4', pause: '3.5' },
  23: { etcd: '3.5.6', coredns: '1.8.6', pause: '3.6' },
  24: { etcd: '3.5.6', coredns: '1.8.6', pause: '3.7' },
  25: { etcd: '3.5.9', coredns: '1.9.3', pause: '3.8' },
  26: { etcd: '3.5.10', coredns: '1.9.3', pause: '3.9' },
  27: { etcd: '3.5.10', coredns: '1.10.1', pause: '3.9' },
  28: { etcd: '3.5.10', coredns: '1.10.1', pause: '3.9' },
  29: { etcd: '3.5.10', coredns: '1.11.1', pause: '3.9' },
  30: { etcd: '3.5.12', coredns: '1.11.1', pause: '3.9' },
  31: { etcd: '3.5.24', coredns: '1.11.3', pause: '3.10' },
  32: { etcd: '3.5.24', coredns: '1.11.3', pause: '3.10' },
  33: { etcd: '3.5.24', coredns: '1.12.0', pause: '3.10' },
  34: { etcd: '3.6.5', coredns: '1.12.1', pause: '3.10.1' },
  35: { etcd: '3.6.6', coredns: '1.13.1', pause: '3.10.1' },
  // Not released when this was written: the newest that is known.
  36: { etcd: '3.6.6', coredns: '1.13.1', pause: '3.10.1' },
};

/** @throws RangeError for a minor that `parseVersion` refuses */
export function componentsOf({ minor }: KubernetesVersion): Components {
  const found = table[minor];
  if (!found) throw new RangeError(`no components of Kubernetes 1.${minor}`);
  return found;
}

/** Full image names. k8s.gcr.io is frozen and answers old tags only. */
export function imagesOf(
  version: KubernetesVersion,
  registry = version.minor >= 25 ? 'registry.k8s.io' : 'k8s.gcr.io',
): { readonly pause: string; readonly coredns: string } {
  const { pause, coredns } = componentsOf(version);
  const dns = version.minor >= 21 ? `coredns/coredns:v${coredns}` : `coredns:${coredns}`;
  return { pause: `${registry}/pause:${pause}`, coredns: `${registry}/${dns}` };
}
