/** Variables of the role preflight. */
import { variables, z } from 'tsplay';
import { clusterVariables } from '../cluster/index.ts';
import { cniVariables } from '../cni/index.ts';
import { commonVariables } from '../common/variables.ts';
import { containerdVariables } from '../containerd/variables.ts';
import { dockerVariables } from '../docker/variables.ts';
import { masterVariables } from '../master/variables.ts';
import { nodeVariables } from '../node/index.ts';
import { hostPath, taken } from '../variables.ts';
import { keptVariables } from './kept.ts';

const mebibytes = z.int().min(0);

export const preflightVariables = variables(clusterVariables, {
  ...taken('common', commonVariables, 'commonSwap'),
  preflightKernel: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .default('3.10')
    .describe('oldest kernel to accept'),
  preflightMasterMemory: mebibytes.default(1700).describe('MiB'),
  preflightNodeMemory: mebibytes.default(900).describe('MiB'),
  preflightMasterCpus: z.int().min(1).default(2),
  preflightNodeCpus: z.int().min(1).default(1),
  preflightDisk: mebibytes
    .default(10_240)
    .describe('MiB that must be free below each of preflightPaths'),
  preflightPaths: z
    .array(hostPath)
    .default(['/var/lib'])
    .describe('folders for images, containers and etcd'),
  preflightSkew: z
    .number()
    .positive()
    .default(2)
    .describe('greatest difference between two clocks in seconds'),
  preflightAllowSwap: z
    .boolean()
    .default(false)
    .describe('accept swap; set kubeletFailSwapOn: false too'),
  preflightAdopt: z
    .boolean()
    .default(false)
    .describe('accept what kubeadm, k3s or others left on hosts'),
  preflightPortUnits: z
    .record(z.string().regex(/^\d{1,5}$/), z.string())
    .default({})
    .describe('further ports that must be free or used by this unit'),
  preflightAllowChanges: z
    .array(z.enum(keptVariables))
    .default([])
    .describe(
      'variables that may differ from the running cluster, set once with -e; you repair what that breaks',
    ),
  ...taken('master', masterVariables, 'masterApiserverFlags', 'masterControllerManagerFlags'),
  ...taken('node', nodeVariables, 'kubeletExtra', 'kubeletRoot'),
  ...taken('docker', dockerVariables, 'dockerDaemon', 'dockerRoot'),
  ...taken('containerd', containerdVariables, 'containerdRoot'),
  ...taken('cni', cniVariables, 'cniKind', 'cniBridge', 'cniConfDir'),
});

export type PreflightVariables = z.output<typeof preflightVariables>;
