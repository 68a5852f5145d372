/** Takes a node out of service, and back. */
import {
  change,
  defineModule,
  joinScripts,
  same,
  sh,
  StepError,
  unpredictable,
  z,
  type Plan,
} from 'tsplay';
import { kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import {
  accessArgs,
  accessOf,
  invalidatesObjects,
  unanswered,
  withServer,
} from './shared/arguments.ts';
import { fieldsOf } from './shared/condition.ts';

const args = z.strictObject({
  node: z.string().min(1).describe('name of the node'),
  state: z
    .enum(['drained', 'cordoned', 'uncordoned'])
    .default('drained')
    .describe('drained: no new pods, and none but those of DaemonSets; cordoned: no new pods'),
  ...accessArgs,
  emptyDirFlag: z
    .enum(['--delete-emptydir-data', '--delete-local-data'])
    .default('--delete-emptydir-data')
    .describe("kubectl's flag; before 1.20 it was the second"),
  gracePeriod: z
    .int()
    .min(-1)
    .default(-1)
    .describe('grace period in seconds; -1: as each pod says'),
  timeout: z.int().min(1).default(300).describe('seconds to wait until all pods are gone'),
});
type Want = z.output<typeof args>;

export interface K8sDrainResult {
  /** Pods that were in the way, as `namespace/name`. */
  readonly pods: readonly string[];
}

export const k8sDrain = defineModule({
  name: 'k8sDrain',
  summary: 'Drains a node of Kubernetes, or lets pods onto it again.',
  args,
  example: `k8sDrain('take the node out of service', { node: 'kube4' })`,
  returns: { pods: 'evicted pods' },
  reads: readsOf,
  plan(want: Want, { node, pods }, on): Plan<K8sDrainResult> {
    const asked = [node, pods].find((each) => !each?.reached || each.refused !== undefined);
    if (asked !== undefined || node === undefined || pods === undefined) {
      const why = asked?.refused ?? `there is no ${want.kubectl} or no ${want.kubeconfig}`;
      return unanswered(why, on.check, { pods: [] });
    }
    const [object] = node.objects;
    if (object === undefined) throw new StepError(`there is no node ${want.node}`);
    const closed = fieldsOf(object['spec'])['unschedulable'] === true;
    const wanted = want.state !== 'uncordoned';
    const inTheWay = want.state === 'drained' ? pods.objects.filter(mustGo).map(nameOf) : [];
    const differences = [
      ...(closed === wanted ? [] : [{ what: 'unschedulable', from: closed, to: wanted }]),
      ...inTheWay.map((pod) => ({ what: `pod ${pod}`, from: 'on the node', to: 'elsewhere' })),
    ];
    if (differences.length === 0) return same({ pods: [] });
    return change({
      differences,
      script: joinScripts([withServer(accessOf(want)), commandOf(want)]),
      after: Object.values(readsOf(want)).map(unpredictable),
      invalidates: invalidatesObjects,
      result: { pods: inTheWay },
      timeout: want.timeout + 60,
      settle: { atMost: 10, stable: 0 },
    });
  },
});

function readsOf(want: Want) {
  const access = accessOf(want);
  const json = ['-o', 'json'];
  return {
    node: kubernetes({ access, argv: ['get', 'node', want.node, '--ignore-not-found', ...json] }),
    pods: kubernetes({
      access,
      argv: [
        'get',
        'pods',
        '--all-namespaces',
        `--field-selector=spec.nodeName=${want.node}`,
        ...json,
      ],
    }),
  };
}

function commandOf(want: Want) {
  if (want.state !== 'drained') {
    const verb = want.state === 'cordoned' ? 'cordon' : 'uncordon';
    return sh`play_kubectl ${verb} ${want.node}`;
  }
  const flags = [
    '--ignore-daemonsets',
    want.emptyDirFlag,
    `--grace-period=${want.gracePeriod}`,
    `--timeout=${want.timeout}s`,
  ];
  return sh`play_kubectl drain ${want.node} ${flags}`;
}

/** Not those of DaemonSets, which come back, nor static ones, nor those that have ended. */
function mustGo(pod: KubernetesObject): boolean {
  const metadata = fieldsOf(pod['metadata']);
  const owners = Array.isArray(metadata['ownerReferences']) ? metadata['ownerReferences'] : [];
  const phase = fieldsOf(pod['status'])['phase'];
  const daemon = owners.map(fieldsOf).some(({ kind }) => kind === 'DaemonSet');
  const isStatic = fieldsOf(metadata['annotations'])['kubernetes.io/config.mirror'] !== undefined;
  return !daemon && !isStatic && phase !== 'Succeeded' && phase !== 'Failed';
}

function nameOf(pod: KubernetesObject): string {
  const { namespace, name } = fieldsOf(pod['metadata']);
  return `${String(namespace)}/${String(name)}`;
}
