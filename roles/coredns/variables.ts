/** Variables of CoreDNS. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { image } from '../variables.ts';

export const corednsVariables = variables(pkiVariables, {
  corednsImage: image.optional().describe('default: by the version of Kubernetes'),
  corednsReplicas: z.int().min(1).default(2),
  corednsForward: z
    .array(z.string().regex(/^[\w.:/[\]-]+$/))
    .min(1)
    .default(['/etc/resolv.conf'])
    .describe(
      'upstream resolvers for names outside the cluster: servers, or the resolv.conf of the node',
    ),
  corednsWaitSeconds: z.int().min(1).default(300),
});

export type CorednsVariables = z.output<typeof corednsVariables>;
