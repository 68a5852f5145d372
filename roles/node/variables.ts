/** Variables of the role node. */
import { variables, z } from 'tsplay';
import { containerdVariables } from '../containerd/variables.ts';
import { pkiVariables } from '../pki/index.ts';
import { address, hostPath, refusing, taken } from '../variables.ts';

const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(%|m|[KMGT]i?)?$/, "must be a quantity like '100Mi' or '10%'");

const labelKey = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** kubelet may not give itself labels that others rely on (NodeRestriction). */
const ofKubernetes = /(^|\.)(kubernetes|k8s)\.io\//;

export const taint = z.strictObject({
  key: z.string().regex(labelKey, 'must be the key of a taint'),
  value: z.string().default(''),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

export const nodeVariables = variables(pkiVariables, {
  kubeletRoot: hostPath.default('/var/lib/kubelet').describe('volumes and state of pods'),
  kubeletReserved: z
    .partialRecord(z.enum(['cpu', 'memory', 'ephemeral-storage', 'pid']), quantity)
    .refine((of) => Object.keys(of).length > 0, 'names nothing')
    .optional()
    .describe('resources reserved for the programs of Kubernetes'),
  systemReserved: z
    .partialRecord(z.enum(['cpu', 'memory', 'ephemeral-storage', 'pid']), quantity)
    .optional()
    .describe('resources reserved for everything else on the host'),
  kubeletEvictionHard: z
    .record(z.string(), quantity)
    .default({
      'memory.available': '100Mi',
      'nodefs.available': '10%',
      'nodefs.inodesFree': '5%',
      'imagefs.available': '15%',
    })
    .describe('thresholds below which pods are evicted'),
  kubeletPodPids: z
    .int()
    .min(-1)
    .default(4096)
    .describe('maximum number of processes in a pod; -1: no limit'),
  kubeletResolvConf: hostPath
    .optional()
    .describe('default: that of systemd-resolved if it runs, else /etc/resolv.conf'),
  kubeletFailSwapOn: z.boolean().default(true),
  kubeletProtectKernel: z
    .boolean()
    .optional()
    .describe("refuse kernel parameters other than kubelet's; default: not on a shared kernel"),
  kubeletExtra: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("further fields of KubeletConfiguration; they override the role's"),
  ...taken('containerd', containerdVariables, 'cniBinDir', 'cniConfDir'),
  kubeletLogLevel: z.int().min(0).max(10).default(2),
  nodeLabels: z.record(z.string().regex(labelKey), z.string()).default({}),
  nodeTaints: z.array(taint).default([]),
  nodeStartSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(180)
    .describe('seconds within which a node must join, and become ready'),
  proxyConntrackPerCore: z
    .int()
    .min(0)
    .optional()
    .describe('tracked connections for each processor; default on a shared kernel: left alone'),
  proxyBindAddress: address.optional().describe('default: everywhere'),
  proxyScheduler: z.enum(['rr', 'wrr', 'lc', 'wlc', 'sh', 'sed', 'nq']).default('rr'),
  proxyStrictArp: z
    .boolean()
    .default(false)
    .describe('for load balancers that answer ARP themselves'),
  proxyExtra: z.record(z.string(), z.unknown()).default({}),
}).superRefine(
  refusing((vars, refuse) => {
    for (const label of Object.keys(vars.nodeLabels)) {
      if (!ofKubernetes.test(label) || label.startsWith('node-role.kubernetes.io/')) continue;
      refuse(['nodeLabels', label], 'is reserved for Kubernetes');
    }
    if (vars.kubeletExtra['podCIDR'] !== undefined) {
      const why = 'the controller manager gives each node its own part of clusterPodCidr';
      refuse(['kubeletExtra', 'podCIDR'], why);
    }
  }),
);

export type NodeVariables = z.output<typeof nodeVariables>;
