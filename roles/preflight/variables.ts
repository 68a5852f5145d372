/** Variables of the role preflight. */
import { z } from 'tsplay';
import { clusterShape, refuseCluster } from '../cluster/index.ts';
import { hostPath } from '../variables.ts';

const mebibytes = z.int().min(0);

export const preflightVariables = z
  .strictObject({
    ...clusterShape,
    commonSwap: z.enum(['leave', 'off']).default('leave').describe('of the role common'),
    preflightKernel: z
      .string()
      .regex(/^\d+(\.\d+)*$/)
      .default('3.10')
      .describe('oldest kernel'),
    preflightMasterMemory: mebibytes.default(1700).describe('MiB'),
    preflightNodeMemory: mebibytes.default(900).describe('MiB'),
    preflightMasterCpus: z.int().min(1).default(2),
    preflightNodeCpus: z.int().min(1).default(1),
    preflightDisk: mebibytes.default(10_240).describe('MiB that each of preflightPaths has free'),
    preflightPaths: z
      .array(hostPath)
      .default(['/var/lib'])
      .describe('folders that images, containers and etcd will be in'),
    preflightSkew: z.number().positive().default(2).describe('seconds that two clocks may differ'),
    preflightAllowSwap: z.boolean().default(false).describe('kubelet is told to bear it'),
    preflightAdopt: z
      .boolean()
      .default(false)
      .describe('hosts may hold what kubeadm, k3s or others made'),
    preflightPortUnits: z
      .record(z.string().regex(/^\d{1,5}$/), z.string())
      .default({})
      .describe('further ports that must be free, or held by this unit'),
  })
  .superRefine(refuseCluster);

export type PreflightVariables = z.output<typeof preflightVariables>;
