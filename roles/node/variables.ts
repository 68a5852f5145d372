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
    .describe('kept for the programs of Kubernetes'),
  systemReserved: z
    .partialRecord(z.enum(['cpu', 'memory', 'ephemeral-storage', 'pid']), quantity)
    .optional()
    .describe('kept for everything else on the host'),
  kubeletEvictionHard: z
    .record(z.string(), quantity)
    .default({
      'memory.available': '100Mi',
      'nodefs.available': '10%',
      'nodefs.inodesFree': '5%',
      'imagefs.available': '15%',
    })
    .describe('below this pods are sent away'),
  kubeletPodPids: z.int().min(-1).default(4096).describe('processes of one pod; -1: no limit'),
  kubeletResolvConf: hostPath
    .optional()
    .describe("default: systemd-resolved's own where it runs, else /etc/resolv.conf"),
  kubeletFailSwapOn: z.boolean().default(true),
  kubeletProtectKernel: z
    .boolean()
    .optional()
    .describe('kubelet refuses other settings of the kernel; default: not on a shared kernel'),
  kubeletExtra: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('further fields of KubeletConfiguration; these win'),
  ...taken('containerd', containerdVariables, 'cniBinDir', 'cniConfDir'),
  kubeletLogLevel: z.int().min(0).max(10).default(2),
  nodeLabels: z.record(z.string().regex(labelKey), z.string()).default({}),
  nodeTaints: z.array(taint).default([]),
  nodeStartSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(180)
    .describe('seconds that a node has for joining and for becoming ready'),
  proxyConntrackPerCore: z
    .int()
    .min(0)
    .optional()
    .describe(
      'connections tracked for each processor; default: none of its business on a shared kernel',
    ),
  proxyBindAddress: address.optional().describe('default: everywhere'),
  proxyScheduler: z.enum(['rr', 'wrr', 'lc', 'wlc', 'sh', 'sed', 'nq']).default('rr'),
  proxyStrictArp: z.boolean().default(false).describe('for balancers that answer ARP themselves'),
  proxyExtra: z.record(z.string(), z.unknown()).default({}),
}).superRefine(
  refusing((vars, refuse) => {
    for (const label of Object.keys(vars.nodeLabels)) {
      if (!ofKubernetes.test(label) || label.startsWith('node-role.kubernetes.io/')) continue;
      refuse(['nodeLabels', label], 'belongs to Kubernetes itself');
    }
    if (vars.kubeletExtra['podCIDR'] !== undefined) {
      const why = 'the controller manager gives each node its own part of clusterPodCidr';
      refuse(['kubeletExtra', 'podCIDR'], why);
    }
  }),
);

export type NodeVariables = z.output<typeof nodeVariables>;
