/** Labels and annotations of objects of Kubernetes that others made. */
import {
  change,
  defineModule,
  joinScripts,
  same,
  sh,
  unpredictable,
  z,
  type Difference,
  type Plan,
} from 'tsplay';
import { kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import {
  accessArgs,
  accessOf,
  namespaceName,
  objectName,
  invalidatesObjects,
  unanswered,
  withServer,
} from './shared/arguments.ts';
import { identityOf } from './shared/compare.ts';
import { fieldsOf } from './shared/condition.ts';
import { objectsOfKind } from './shared/several.ts';

const key = z
  .string()
  .regex(
    /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    'must be the key of a label',
  );
const values = z.record(key, z.union([z.string(), z.null()])).default({});

const args = z.strictObject({
  objects: z
    .array(objectName)
    .min(1)
    .describe("as 'node/kube1', all of one kind; missing ones are left out with a note"),
  labels: values.describe('values by name; null removes one'),
  annotations: values.describe('values by name; null removes one'),
  namespace: namespaceName
    .default('default')
    .describe('namespace of the objects, if their kind has one'),
  ...accessArgs,
});
type Want = z.output<typeof args>;

export interface K8sLabelResult {
  /** Those that are not there. */
  readonly missing: readonly string[];
}

export const k8sLabel = defineModule({
  name: 'k8sLabel',
  summary: 'Sets and removes labels and annotations of objects of Kubernetes.',
  args,
  example: `k8sLabel('workers', { objects: ['node/kube4', 'node/kube5'], labels: { 'node-role.kubernetes.io/worker': '' } })`,
  returns: { missing: 'names of the objects that are not there' },
  mistakes(want: Want) {
    const kinds = new Set(want.objects.map((object) => object.split('/')[0]));
    const nothing = Object.keys(want.labels).length + Object.keys(want.annotations).length === 0;
    return [
      ...(kinds.size > 1 ? ['objects must be of one kind'] : []),
      ...(nothing ? ['give labels or annotations'] : []),
    ];
  },
  reads: (want: Want) => ({ found: kubernetes(objectsOfKind(want)) }),
  plan(want: Want, { found }, on): Plan<K8sLabelResult> {
    if (!found?.reached || found.refused !== undefined) {
      return unanswered(found?.refused ?? `there is no ${want.kubectl}`, on.check, { missing: [] });
    }
    const [kind = ''] = want.objects[0]?.split('/') ?? [];
    const byName = new Map(found.objects.map((each) => [identityOf(each, '').name, each]));
    const names = want.objects.map((object) => object.split('/')[1] ?? '');
    const missing = names.filter((name) => !byName.has(name));
    const notes = missing.map((name) => `there is no ${kind}/${name}`);
    const wrong = names.flatMap((name) => {
      const object = byName.get(name);
      return object ? differencesOf(`${kind}/${name}`, object, want) : [];
    });
    if (wrong.length === 0) return same({ missing }, notes.length > 0 ? notes : undefined);
    const lines = wrong.map(
      ({ verb, word, object }) =>
        sh`play_kubectl ${verb} --overwrite ${object} ${word} ${`--namespace=${want.namespace}`} >/dev/null || exit 1`,
    );
    return change({
      differences: wrong.map(({ difference }) => difference),
      script: joinScripts([withServer(accessOf(want)), ...lines]),
      after: [unpredictable(kubernetes(objectsOfKind(want)))],
      invalidates: invalidatesObjects,
      result: { missing },
      notes,
    });
  },
});

interface Wrong {
  readonly verb: 'label' | 'annotate';
  readonly object: string;
  /** `key=value` or `key-`. */
  readonly word: string;
  readonly difference: Difference;
}

function differencesOf(object: string, found: KubernetesObject, want: Want): readonly Wrong[] {
  const metadata = fieldsOf(found['metadata']);
  const sets = [
    { verb: 'label', wanted: want.labels, is: fieldsOf(metadata['labels']) },
    { verb: 'annotate', wanted: want.annotations, is: fieldsOf(metadata['annotations']) },
  ] as const;
  return sets.flatMap(({ verb, wanted, is }) =>
    Object.entries(wanted).flatMap(([name, value]): readonly Wrong[] => {
      const now = is[name];
      if (value === null ? now === undefined : now === value) return [];
      const word = value === null ? `${name}-` : `${name}=${value}`;
      const what = `${object} ${name}`;
      return [
        { verb, object, word, difference: { what, from: now ?? 'absent', to: value ?? 'absent' } },
      ];
    }),
  );
}
