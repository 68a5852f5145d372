/** Variables of the role kernel. */
import { variables, z } from 'tsplay';
import { clusterVariables } from '../cluster/index.ts';
import { refusing } from '../variables.ts';

const parameter = z.string().regex(/^[a-z0-9][\w./:-]*$/, 'is not the name of a kernel parameter');

/** Settings of the seeds that do harm, and why. */
const harmful: readonly (readonly [parameter: string, why: string])[] = [
  ['net.ipv4.tcp_tw_recycle', 'it broke hosts behind NAT, and the kernel dropped it with 4.12'],
];

export const kernelVariables = variables(clusterVariables, {
  kernelModules: z
    .array(z.string().regex(/^[\w-]+$/))
    .default([])
    .describe('modules in addition to those that Kubernetes needs'),
  kernelParameters: z
    .record(parameter, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('further parameters, or other values for those that Kubernetes needs'),
  kernelDisableIpv6: z
    .boolean()
    .default(false)
    .describe('services that listen on ::1 stop working, and dual stack is impossible'),
}).superRefine(
  refusing((vars, refuse) => {
    for (const [name, why] of harmful) {
      if (name in vars.kernelParameters) refuse(['kernelParameters', name], `leave it out: ${why}`);
    }
  }),
);

export type KernelVariables = z.output<typeof kernelVariables>;
