/** Variables of the role kube-nginx. */
import { variables, z } from 'tsplay';
import { clusterVariables } from '../cluster/index.ts';
import { word } from '../variables.ts';

export const kubeNginxVariables = variables(clusterVariables, {
  kubeNginxPackages: z
    .array(word)
    .min(1)
    .optional()
    .describe('default: nginx with its stream module'),
  kubeNginxConnections: z.int().min(16).default(3000),
  kubeNginxMaxFails: z.int().min(1).default(2),
  kubeNginxFailSeconds: z
    .int()
    .min(1)
    .default(3)
    .describe('seconds for which a failed master is left out'),
});

export type KubeNginxVariables = z.output<typeof kubeNginxVariables>;
