/** Variables of the roles bundle-packages and bundle-images. */
import { variables, type z } from 'tsplay';
import { kubernetesSource } from '../binaries/variables.ts';
import { clusterVariables } from '../cluster/index.ts';
import { hostPath } from '../variables.ts';

export const bundleVariables = variables(clusterVariables, {
  kubernetesSource: kubernetesSource.default({ kind: 'release' }),
  bundlePackagesDir: hostPath
    .default('/var/lib/tsplay/packages')
    .describe('folder on the host for the packages of a bundle, a source of apt'),
});

export type BundleVariables = z.output<typeof bundleVariables>;
