/** What every module that asks Kubernetes takes: how to reach the cluster. */
import {
  action,
  rawScript,
  StepError,
  toolkit,
  z,
  type Action,
  type Script,
  type Invalidates,
} from 'tsplay';
import type { KubernetesAccess } from '../../readers/script.ts';
import { kubectlFunctions } from '../../readers/script.ts';

const { absolutePath } = toolkit;

export const accessArgs = {
  kubectl: absolutePath
    .default('/usr/bin/kubectl')
    .describe('kubectl on the host; the default is where its packages put it'),
  kubeconfig: absolutePath
    .default('/etc/kubernetes/admin.conf')
    .describe('a kubeconfig on the host with the rights for this'),
  servers: z
    .array(z.url({ protocol: /^https$/ }))
    .default([])
    .describe('API servers to try if that of the kubeconfig is not ready'),
};

const schema = z.strictObject(accessArgs);
export type AccessArguments = z.output<typeof schema>;

export const accessOf = ({ kubectl, kubeconfig, servers }: AccessArguments): KubernetesAccess => ({
  kubectl,
  kubeconfig,
  servers,
});

/** `node/kube1`, `deployment/web`, `deployments.apps/web`. */
export const objectName = z
  .string()
  .regex(/^[a-z][a-z0-9.]*\/[A-Za-z0-9][A-Za-z0-9.:_-]*$/, "must be like 'node/kube1'");

export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be the name of a namespace');

/** What a change of objects makes stale: objects alone, not the host's files. */
export const invalidatesObjects: Invalidates = {
  readers: ['kubernetes', 'hostKubernetes', 'kubernetesObjects'],
};

/** Begins a script that calls `play_kubectl`. */
export const withServer = (access: KubernetesAccess): Script =>
  rawScript(`${kubectlFunctions(access)}
play_find_server || { printf 'no API server answers: %s\\n' "$play_why" >&2; exit 1; }`);

/**
 * In check an API server may be down because it is to be started: nobody can plan then.
 * @throws StepError outside of check
 */
export function unanswered<R>(why: string, check: boolean, result: R): Action<R> {
  if (!check) {
    throw new StepError(`no API server answers: ${why}`, {
      hint: 'check the unit kube-apiserver on the masters, and the network between them and this host',
    });
  }
  return action({
    script: rawScript('exit 1'),
    result: () => result,
    changed: () => true,
    invalidates: invalidatesObjects,
    notes: [`no API server answers now: ${why}`],
  });
}
