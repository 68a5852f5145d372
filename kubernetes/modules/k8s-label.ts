/** Labels and annotations of objects of Kubernetes that others made. */
import { defineModule, sh, z } from 'tsplay';
import { kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import { accessArgs, namespaceName, objectName } from './shared/arguments.ts';
import { fieldsOf } from './shared/condition.ts';
import {
  fieldKey,
  objectsOfKind,
  planSeveral,
  type SeveralResult,
  type WrongField,
} from './shared/several.ts';

const key = z.string().regex(fieldKey, 'must be the key of a label');
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

export type K8sLabelResult = SeveralResult;

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
  plan: (want: Want, { found }, on) =>
    planSeveral(want, found, on.check, (object, name) => wrongIn(name, object, want)),
});

function wrongIn(object: string, found: KubernetesObject, want: Want): readonly WrongField[] {
  const metadata = fieldsOf(found['metadata']);
  const sets = [
    { verb: 'label', wanted: want.labels, is: fieldsOf(metadata['labels']) },
    { verb: 'annotate', wanted: want.annotations, is: fieldsOf(metadata['annotations']) },
  ] as const;
  return sets.flatMap(({ verb, wanted, is }) =>
    Object.entries(wanted).flatMap(([name, value]): readonly WrongField[] => {
      const now = is[name];
      if (value === null ? now === undefined : now === value) return [];
      const word = value === null ? `${name}-` : `${name}=${value}`;
      const difference = {
        what: `${object} ${name}`,
        from: now ?? 'absent',
        to: value ?? 'absent',
      };
      const command = sh`play_kubectl ${verb} --overwrite ${object} ${word} ${`--namespace=${want.namespace}`} >/dev/null || exit 1`;
      return [{ difference, command }];
    }),
  );
}
