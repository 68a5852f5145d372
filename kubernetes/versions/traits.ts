/**
 * The one table of what differs between the versions of Kubernetes. Roles ask it and never compare
 * versions themselves.
 */
import { imagesOf } from './components.ts';
import type { KubernetesVersion } from './version.ts';

/** Minors that a thing is in: from `since` (else always) to `until`, both included (else still). */
interface Span {
  readonly since?: number;
  readonly until?: number;
}

const spans = {
  /** `--insecure-port=0` of the API server, `--port=0` of the others: needed while they exist. */
  insecurePorts: { until: 23 },
  /** Docker without cri-dockerd, and kubelet's `--network-plugin`, `--cni-*`, `--docker*`. */
  dockershim: { until: 23 },
  /** kubelet's `--container-runtime=remote`; an unknown flag afterwards. */
  containerRuntimeFlag: { until: 26 },
  /** `--cluster-signing-duration`; before it was `--experimental-cluster-signing-duration`. */
  clusterSigningDuration: { since: 19 },
  /** CoreDNS and kube-proxy watch discovery.k8s.io. */
  endpointSlices: { since: 21 },
  /** `kubectl apply --dry-run=server`; before `--server-dry-run`. */
  dryRunServer: { since: 18 },
  /** kubelet's `failCgroupV1`. */
  failCgroupV1: { since: 31 },
  /** kubelet does not start on cgroup v1 unless it is told to. */
  refusesCgroupV1: { since: 35 },
  /** kube-proxy's nftables mode, without a feature gate. */
  nftables: { since: 31 },
} satisfies Readonly<Record<string, Span>>;

/** What a version of Kubernetes has or has not. */
export type Trait = keyof typeof spans;

/** What a version of Kubernetes has, and what it goes with. */
export interface KubernetesTraits extends Readonly<Record<Trait, boolean>> {
  readonly version: KubernetesVersion;
  readonly images: { readonly pause: string; readonly coredns: string };
  /** Labels that mark a master, the one to prefer last. */
  readonly masterLabels: readonly string[];
  /** Taints that keep pods off masters. */
  readonly masterTaints: readonly string[];
  /** containerd versions that kubelet can talk to: at least, and less than. */
  readonly containerd: { readonly least: string; readonly below: string | undefined };
}

/**
 * What this version has.
 * @param version from `parseVersion`
 * @returns its traits
 * @example export const { dockershim, images } = traitsOf(parseVersion('1.20.2'));
 */
export function traitsOf(version: KubernetesVersion): KubernetesTraits {
  const { minor } = version;
  const has = (trait: Trait): boolean => within(spans[trait], minor);
  const traits = Object.keys(spans).map((name) => [name, has(name as Trait)]);
  return {
    ...(Object.fromEntries(traits) as Record<Trait, boolean>),
    version,
    images: imagesOf(version),
    masterLabels: [
      ...(minor <= 23 ? ['node-role.kubernetes.io/master'] : []),
      ...(minor >= 20 ? ['node-role.kubernetes.io/control-plane'] : []),
    ],
    masterTaints: [
      ...(minor <= 24 ? ['node-role.kubernetes.io/master'] : []),
      ...(minor >= 24 ? ['node-role.kubernetes.io/control-plane'] : []),
    ],
    containerd: containerdFor(minor),
  };
}

function within(span: Span, minor: number): boolean {
  return minor >= (span.since ?? 0) && minor <= (span.until ?? Infinity);
}

/** CRI v1alpha2 left containerd with 2.0, CRI v1 came to kubelet with 1.23 and is alone from 1.26. */
function containerdFor(minor: number): KubernetesTraits['containerd'] {
  if (minor >= 36) return { least: '2.0', below: undefined };
  if (minor >= 26) return { least: '1.6', below: undefined };
  return { least: '1.3', below: minor >= 23 ? undefined : '2.0' };
}
