/** All recordings, in the order in which they are made. */
import { accounts } from './accounts.ts';
import { dpkgRecordings } from './dpkg.ts';
import { files } from './files.ts';
import { gathered } from './facts.ts';
import { kernel } from './kernel.ts';
import { kubernetesRecordings } from './kubernetes.ts';
import { network } from './network.ts';
import { programs } from './programs.ts';
import type { Recording } from './recording.ts';
import { rpm } from './rpm.ts';
import { services } from './services.ts';

export const recordings: readonly Recording[] = [
  ...gathered,
  ...files,
  ...accounts,
  ...kernel,
  ...services,
  ...network,
  ...rpm,
  ...dpkgRecordings,
  ...programs,
  ...kubernetesRecordings,
];
