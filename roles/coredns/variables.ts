/** Variables of CoreDNS. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { image } from '../variables.ts';

export const corednsVariables = variables(pkiVariables, {
  corednsImage: image.optional().describe('default by the version of Kubernetes'),
  corednsReplicas: z.int().min(1).default(2),
  corednsForward: z
    .array(z.string().regex(/^[\w.:/[\]-]+$/))
    .min(1)
    .default(['/etc/resolv.conf'])
    .describe("who is asked for names outside of the cluster: servers, or the nodes' own file"),
  corednsWaitSeconds: z.int().min(1).default(300),
});

export type CorednsVariables = z.output<typeof corednsVariables>;
