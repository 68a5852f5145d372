/**
 * The one table of what differs between the versions of Kubernetes. Roles ask it and never compare
 * versions themselves.
 */
import { componentsOf, imagesOf, type Components } from './components.ts';
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
  /** `--pod-eviction-timeout` of the controller manager. */
  podEvictionTimeout: { until: 26 },
  /** `--cluster-signing-duration`; before it was `--experimental-cluster-signing-duration`. */
  clusterSigningDuration: { since: 19 },
  /** `--service-account-issuer` and the signing key are mandatory. */
  serviceAccountIssuer: { since: 20 },
  /** certificates.k8s.io/v1. */
  certificatesV1: { since: 19 },
  /** `kubernetes.io/kubelet-serving` and the other signer names. */
  signerNames: { since: 18 },
  /** Secrets with tokens are made for service accounts. */
  tokenSecrets: { until: 23 },
  /** `kubectl create token`. */
  createToken: { since: 24 },
  podSecurityPolicy: { until: 24 },
  /** CoreDNS and kube-proxy watch discovery.k8s.io. */
  endpointSlices: { since: 21 },
  /** Ingress, CRDs, RBAC and others of v1beta1. */
  oldBetaApis: { until: 21 },
  /** `kubectl apply --dry-run=server`; before `--server-dry-run`. */
  dryRunServer: { since: 18 },
  /** `kubectl drain --delete-emptydir-data`; before `--delete-local-data`. */
  deleteEmptydirData: { since: 20 },
  /** kubelet's `failCgroupV1`. */
  failCgroupV1: { since: 31 },
  /** kubelet does not start on cgroup v1 unless it is told to. */
  refusesCgroupV1: { since: 35 },
  /** kube-proxy's nftables mode, without a feature gate. */
  nftables: { since: 31 },
  /** kube-proxy's ipvs mode is deprecated. */
  ipvsDeprecated: { since: 35 },
} satisfies Readonly<Record<string, Span>>;

export type Trait = keyof typeof spans;

export interface KubernetesTraits extends Readonly<Record<Trait, boolean>> {
  readonly version: KubernetesVersion;
  readonly components: Components;
  readonly images: { readonly pause: string; readonly coredns: string };
  /** apiVersion of KubeSchedulerConfiguration: the newest that this version knows. */
  readonly schedulerConfig: string;
  /** Labels that mark a master, the one to prefer last. */
  readonly masterLabels: readonly string[];
  /** Taints that keep pods off masters. */
  readonly masterTaints: readonly string[];
  /** containerd versions that kubelet can talk to: at least, and less than. */
  readonly containerd: { readonly least: string; readonly below: string | undefined };
}

/** What this version has. */
export function traitsOf(version: KubernetesVersion): KubernetesTraits {
  const { minor } = version;
  const has = (trait: Trait): boolean => within(spans[trait], minor);
  const traits = Object.keys(spans).map((name) => [name, has(name as Trait)]);
  return {
    ...(Object.fromEntries(traits) as Record<Trait, boolean>),
    version,
    components: componentsOf(version),
    images: imagesOf(version),
    schedulerConfig: `kubescheduler.config.k8s.io/${schedulerApi(minor)}`,
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

function schedulerApi(minor: number): string {
  if (minor >= 25) return 'v1';
  if (minor >= 23) return 'v1beta3';
  if (minor === 22) return 'v1beta2';
  if (minor >= 19) return 'v1beta1';
  return minor === 18 ? 'v1alpha2' : 'v1alpha1';
}

/** CRI v1alpha2 left containerd with 2.0, CRI v1 came to kubelet with 1.23 and is alone from 1.26. */
function containerdFor(minor: number): KubernetesTraits['containerd'] {
  if (minor >= 36) return { least: '2.0', below: undefined };
  if (minor >= 26) return { least: '1.6', below: undefined };
  return { least: '1.3', below: minor >= 23 ? undefined : '2.0' };
}
