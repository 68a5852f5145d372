/** Variables of the roles bundle-packages and bundle-images. */
import { z } from 'tsplay';
import { kubernetesSource } from '../binaries/variables.ts';
import { clusterShape, refuseCluster } from '../cluster/index.ts';
import { hostPath } from '../variables.ts';

export const bundleVariables = z
  .strictObject({
    ...clusterShape,
    kubernetesSource: kubernetesSource.default({ kind: 'release' }),
    bundlePackagesDir: hostPath
      .default('/var/lib/tsplay/packages')
      .describe('where the packages of a bundle lie on the host, as a source of apt'),
  })
  .superRefine(refuseCluster);
