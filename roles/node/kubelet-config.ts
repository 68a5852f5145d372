/** KubeletConfiguration and the flags that are not in it. */
import type { HostView } from 'tsplay';
import { cgroupDriverOf, type Cluster } from '../cluster/index.ts';
import { pkiPaths } from '../pki/index.ts';
import type { NodeVariables } from './variables.ts';

type Paths = Pick<NodeVariables, 'clusterConfigDir'>;

export const kubeletConfigPath = (vars: Paths): string => `${vars.clusterConfigDir}/kubelet.yaml`;
export const runtimeSocket = 'unix:///run/containerd/containerd.sock';
/** Written by kubelet itself when it has joined. kubelet.conf would be kubeadm's. */
export const kubeletKubeconfig = (vars: Paths): string => `${vars.clusterConfigDir}/node.conf`;
export const bootstrapKubeconfig = (vars: Paths): string =>
  `${vars.clusterConfigDir}/node-bootstrap.conf`;
/** The certificate that kubelet shows to API servers. */
export const servingCertificate = (vars: Pick<NodeVariables, 'kubeletRoot'>): string =>
  `${vars.kubeletRoot}/pki/kubelet-server-current.pem`;

export const kubeletPort = 10_250;
export const kubeletHealth = 'http://127.0.0.1:10248/healthz';

/** systemd-resolved answers on loopback, where a pod finds nobody. */
const resolvedConf = '/run/systemd/resolve/resolv.conf';

export function kubeletConfig(
  cluster: Cluster,
  vars: NodeVariables,
  resolved: boolean,
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '0.0.0.0',
    port: kubeletPort,
    readOnlyPort: 0,
    healthzBindAddress: '127.0.0.1',
    healthzPort: 10_248,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true, cacheTTL: '2m0s' },
      x509: { clientCAFile: pkiPaths(vars).authority.certificate },
    },
    authorization: {
      mode: 'Webhook',
      webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' },
    },
    rotateCertificates: true,
    serverTLSBootstrap: true,
    tlsMinVersion: 'VersionTLS12',
    cgroupDriver: cgroupDriverOf(vars),
    ...(cluster.traits.failCgroupV1 && { failCgroupV1: cluster.traits.refusesCgroupV1 }),
    clusterDomain: cluster.domain,
    clusterDNS: [cluster.dnsAddress],
    resolvConf: vars.kubeletResolvConf ?? (resolved ? resolvedConf : '/etc/resolv.conf'),
    failSwapOn: vars.kubeletFailSwapOn,
    hairpinMode: 'hairpin-veth',
    maxPods: vars.clusterMaxPods,
    podPidsLimit: vars.kubeletPodPids,
    serializeImagePulls: false,
    nodeStatusUpdateFrequency: `${vars.clusterStatusInterval}s`,
    containerLogMaxSize: '20Mi',
    containerLogMaxFiles: 5,
    evictionHard: vars.kubeletEvictionHard,
    ...(vars.kubeletReserved && { kubeReserved: vars.kubeletReserved }),
    ...(vars.systemReserved && { systemReserved: vars.systemReserved }),
    protectKernelDefaults: vars.kubeletProtectKernel ?? !vars.sharedKernel,
    ...(!cluster.traits.containerRuntimeFlag && { containerRuntimeEndpoint: runtimeSocket }),
    staticPodPath: `${vars.clusterConfigDir}/manifests`,
    ...vars.kubeletExtra,
  };
}

/** Flags, by the version: some became fatal where they went. */
export function kubeletFlags(
  host: HostView,
  cluster: Cluster,
  vars: NodeVariables,
): readonly string[] {
  const { traits } = cluster;
  const docker = vars.clusterRuntime === 'docker';
  const labels = Object.entries(vars.nodeLabels)
    .filter(([key]) => !key.startsWith('node-role.kubernetes.io/'))
    .map(([key, value]) => `${key}=${value}`);
  const taints = vars.nodeTaints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  return [
    `--bootstrap-kubeconfig=${bootstrapKubeconfig(vars)}`,
    `--kubeconfig=${kubeletKubeconfig(vars)}`,
    `--config=${kubeletConfigPath(vars)}`,
    `--cert-dir=${vars.kubeletRoot}/pki`,
    `--root-dir=${vars.kubeletRoot}`,
    ...(docker ? dockerFlags(cluster, vars) : containerdFlags(traits.containerRuntimeFlag)),
    `--hostname-override=${cluster.nodeNameOf(host)}`,
    `--node-ip=${host.address}`,
    ...(labels.length > 0 ? [`--node-labels=${labels.join(',')}`] : []),
    ...(taints.length > 0 ? [`--register-with-taints=${taints.join(',')}`] : []),
    `--v=${vars.kubeletLogLevel}`,
  ];
}

/** From 1.27 on it is a field of the configuration. */
const containerdFlags = (named: boolean): readonly string[] =>
  named ? ['--container-runtime=remote', `--container-runtime-endpoint=${runtimeSocket}`] : [];

const dockerFlags = ({ traits }: Cluster, vars: NodeVariables): readonly string[] => [
  '--container-runtime=docker',
  '--network-plugin=cni',
  `--cni-conf-dir=${vars.cniConfDir}`,
  `--cni-bin-dir=${vars.cniBinDir}`,
  `--pod-infra-container-image=${traits.images.pause}`,
];
