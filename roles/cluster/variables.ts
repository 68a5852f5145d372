/** Variables that every Kubernetes role shares; `clusterVariables` refuses what they cannot be. */
import { z } from 'tsplay';
import { parseNetwork, versionMistake } from 'tsplay/kubernetes';
import { address, hostPath, port, sharedKernel, word } from '../variables.ts';

/** `10.0.0.0/16` */
export const network = z.string().superRefine((text, context) => {
  try {
    parseNetwork(text);
  } catch (error) {
    const message = error instanceof RangeError ? error.message : String(error);
    context.addIssue({ code: 'custom', message });
  }
});

const kubernetesVersion = z.string().superRefine((text, context) => {
  const message = versionMistake(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What Kubernetes takes as the name of a node: RFC 1123. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be lower case letters, digits, dashes and dots (RFC 1123)',
  );

export const portRange = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, "must be a range like '30000-32767'")
  .refine((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return first > 0 && first < last && last <= 65_535;
  }, 'must go from a smaller to a larger port');

/** How everybody but a master's own programs reaches the API servers. */
const endpoint = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('local-nginx').describe('a proxy on each node, on 127.0.0.1'),
    port: port.default(8443),
  }),
  z.strictObject({
    kind: z.literal('vip').describe('haproxy behind a virtual address (keepalived)'),
    address,
    port: port.default(8443),
    name: dnsName.optional().describe('DNS name of the address, for certificates and kubeconfigs'),
  }),
  z.strictObject({
    kind: z.literal('external').describe('a load balancer of your own'),
    host: z.union([address, dnsName]),
    port: port.default(6443),
  }),
]);

export const clusterFields = z.strictObject({
  sharedKernel,
  kubernetesVersion: kubernetesVersion.default('1.20.2').describe('1.16 to 1.36'),
  clusterName: word.default('kubernetes'),
  clusterDomain: dnsName.default('cluster.local'),
  clusterServiceCidr: network.default('10.254.0.0/16').describe('addresses of services'),
  clusterPodCidr: network.default('172.30.0.0/16').describe('addresses of pods'),
  clusterNodeMask: z
    .int()
    .min(16)
    .max(126)
    .default(24)
    .describe('prefix length of the pod network of one node'),
  clusterHostCidrs: z
    .array(network)
    .default([])
    .describe(
      'networks that hosts and pods must reach; networks of pods and services that overlap them are refused',
    ),
  clusterNodePorts: portRange.default('30000-32767'),
  clusterApiPort: port.default(6443).describe('where API servers listen'),
  clusterEndpoint: endpoint.default({ kind: 'local-nginx', port: 8443 }),
  clusterApiNames: z
    .array(z.union([address, dnsName]))
    .default([])
    .describe("further names and addresses in the API servers' certificate"),
  clusterRuntime: z.enum(['containerd', 'docker']).default('containerd'),
  clusterCgroupDriver: z
    .enum(['systemd', 'cgroupfs'])
    .optional()
    .describe(
      'cgroup driver of runtime and kubelet; default: systemd, on a shared kernel cgroupfs',
    ),
  clusterProxyMode: z
    .enum(['iptables', 'ipvs', 'nftables'])
    .default('ipvs')
    .describe('mode of kube-proxy; ipvs needs the kernel module ip_vs'),
  clusterMaxPods: z
    .int()
    .min(1)
    .max(1000)
    .default(110)
    .describe('maximum number of pods on a node'),
  clusterStatusInterval: z.int().min(1).default(10).describe('seconds between reports of a node'),
  clusterNodeGrace: z
    .int()
    .min(1)
    .default(40)
    .describe('seconds without a report after which a node counts as lost'),
  clusterSchedulableMasters: z.boolean().default(false).describe('pods may run on masters'),
  clusterMasterGroup: word.default('kube_master'),
  clusterNodeGroup: word.default('kube_node'),
  clusterEtcdGroup: word.default('etcd'),
  clusterBinDir: hostPath.default('/opt/k8s/bin').describe('programs of Kubernetes on the host'),
  clusterConfigDir: hostPath.default('/etc/kubernetes'),
  nodeName: dnsName.optional().describe("default: the host's name in the inventory"),
});

export type ClusterVariables = z.output<typeof clusterFields>;
