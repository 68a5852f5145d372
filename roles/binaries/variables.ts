/** Variables of the role binaries. */
import { variables, z } from 'tsplay';
import { allPrograms } from 'tsplay/kubernetes';
import { clusterVariables } from '../cluster/index.ts';

const sha512 = z.string().regex(/^[0-9a-f]{128}$/, 'must be a sha512 in lower-case hex');

/** Paths are of the controller, relative to where `play` was started. */
export const kubernetesSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('release').describe('the official archive'),
    site: z.url().optional().describe('a mirror of https://dl.k8s.io'),
    sha512: z
      .strictObject({ amd64: sha512.optional(), arm64: sha512.optional() })
      .optional()
      .describe('sha512 of kubernetes-server-linux-*.tar.gz, for versions without a known one'),
    bundle: z
      .string()
      .min(1)
      .optional()
      .describe('a folder that play bundle created; then nothing is fetched'),
  }),
  z.strictObject({
    kind: z.literal('directory').describe('a folder of the controller'),
    path: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal('source').describe("built on the controller from Debian's source: 1.20.2"),
  }),
]);

export type KubernetesSource = z.output<typeof kubernetesSource>;

export const binariesVariables = variables(clusterVariables, {
  kubernetesSource: kubernetesSource.default({ kind: 'release' }),
  binariesExtra: z
    .array(z.enum(allPrograms))
    .default([])
    .describe('programs in addition to those that the groups of the host need'),
  binariesCompress: z
    .boolean()
    .optional()
    .describe(
      'send programs compressed; default: unless the host shares the kernel of the controller',
    ),
});
