/** Objects of Kubernetes, read. */
import { defineModule, same, z, type Plan } from 'tsplay';
import { hostKubernetes, kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import { accessArgs, accessOf, namespaceName } from './shared/arguments.ts';

const args = z.strictObject({
  kind: z
    .string()
    .regex(/^[a-z][a-z0-9.]*$/, "must be a kind as kubectl takes it: 'nodes', 'pods'")
    .describe("as 'nodes' or 'deployments.apps'"),
  name: z.string().min(1).optional().describe('name of one object; default: all of the kind'),
  namespace: namespaceName
    .default('default')
    .describe('namespace of the objects, if their kind has one'),
  allNamespaces: z.boolean().default(false).describe('read objects of all namespaces'),
  selector: z.string().min(1).optional().describe("labels, as 'app=web'"),
  fields: z.string().min(1).optional().describe("fields, as 'spec.nodeName=kube1'"),
  ...accessArgs,
  scope: z
    .enum(['host', 'shared'])
    .default('shared')
    .describe('host: what other hosts do meanwhile does not change the answer'),
});
type Want = z.output<typeof args>;

export interface K8sInfoResult {
  /** Empty where there is none. */
  readonly objects: readonly KubernetesObject[];
}

export const k8sInfo = defineModule({
  name: 'k8sInfo',
  onlyAsks: true,
  summary: 'Reads objects of Kubernetes.',
  args,
  example: `k8sInfo('nodes', { kind: 'nodes' }, { until: (r) => r.objects.length === 3, retries: 10 })`,
  returns: { objects: 'the objects as the API server has them; empty where there is none' },
  mistakes: (want: Want) =>
    want.name !== undefined && (want.selector ?? want.fields) !== undefined
      ? ['give a name, or selector and fields']
      : [],
  reads: (want: Want) => ({
    found: (want.scope === 'host' ? hostKubernetes : kubernetes)({
      access: accessOf(want),
      argv: [
        'get',
        want.kind,
        ...(want.name === undefined ? [] : [want.name]),
        want.allNamespaces ? '--all-namespaces' : `--namespace=${want.namespace}`,
        ...(want.selector === undefined ? [] : [`--selector=${want.selector}`]),
        ...(want.fields === undefined ? [] : [`--field-selector=${want.fields}`]),
        '--ignore-not-found',
        '-o',
        'json',
      ],
    }),
  }),
  plan(want: Want, { found }): Plan<K8sInfoResult> {
    if (found?.reached === true && found.refused === undefined) {
      return same({ objects: found.objects });
    }
    const why = found?.refused ?? `there is no ${want.kubectl} or no ${want.kubeconfig}`;
    return { ...same({ objects: [] }), failed: `no answer about ${want.kind}: ${why}` };
  },
});
