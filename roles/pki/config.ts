/** kubeconfigs with a certificate of their own. Who uses one reads it at its start only. */
import { type Run, type Step } from 'tsplay';
import { kubeconfig } from 'tsplay/kubernetes';
import { options, validity, type Notify, type Parts } from './steps.ts';

export interface WantedConfig {
  /** `of the scheduler`, in the step's name. */
  readonly name: string;
  readonly path: string;
  /** Which API server it names. */
  readonly server: string;
  /** The user's name, for Kubernetes and in the file. */
  readonly commonName: string;
  /** Its groups. */
  readonly organizations?: readonly string[];
}

/** Who may do everything, whatever the cluster's roles say. */
export const administrator = {
  name: 'of the administrator',
  commonName: 'kubernetes-admin',
  organizations: ['system:masters'],
} as const;

export function config(parts: Parts, wanted: WantedConfig, notify?: Notify): Step {
  const { cluster, pki, vars } = parts;
  const { commonName, organizations = [] } = wanted;
  return kubeconfig(
    `kubeconfig ${wanted.name}`,
    {
      path: wanted.path,
      server: wanted.server,
      ca: pki.trust('kubernetes'),
      cluster: cluster.name,
      user: commonName,
      certificate: (run: Run) => ({
        ca: pki.authority('kubernetes')(run),
        subject: { commonName, organizations: [...organizations] },
        ...validity(vars),
      }),
    },
    options(notify),
  );
}
