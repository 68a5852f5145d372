/** Variables of the role verify. */
import { variables, z } from 'tsplay';
import { nodeVariables } from '../node/index.ts';
import { pkiVariables } from '../pki/index.ts';
import { image, taken } from '../variables.ts';

export const verifyVariables = variables(pkiVariables, {
  ...taken('node', nodeVariables, 'nodeStartSeconds'),
  verifyToolsImage: image.default('busybox:1.35').describe('has sh, wget, nslookup and sleep'),
  verifyDemoBefore: image.default('nginx:1.7.9').describe('answers on port 80'),
  verifyDemoAfter: image.default('nginx:1.8').describe('image to which the demo is updated'),
  verifySeconds: z.int().min(1).default(180).describe('seconds for each part'),
  verifyRetries: z.int().min(0).default(10),
});

export type VerifyVariables = z.output<typeof verifyVariables>;
