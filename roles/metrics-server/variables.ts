/** Variables of metrics-server. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { image } from '../variables.ts';

export const metricsServerVariables = variables(pkiVariables, {
  metricsServerImage: image.optional().describe('default: by the version of Kubernetes'),
  metricsServerReplicas: z.int().min(1).default(1),
  metricsServerResolution: z.int().min(10).default(15).describe('seconds'),
  metricsServerWaitSeconds: z.int().min(1).default(300),
});

export type MetricsServerVariables = z.output<typeof metricsServerVariables>;
