/** Taints of nodes. */
import { change, defineModule, joinScripts, same, sh, unpredictable, z, type Plan } from 'tsplay';
import { kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import {
  accessArgs,
  accessOf,
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
    'must be the key of a taint',
  );
const effect = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

const args = z.strictObject({
  nodes: z
    .array(z.string().min(1))
    .min(1)
    .describe('names of nodes; missing ones are left out with a note'),
  taints: z
    .array(z.strictObject({ key, value: z.string().default(''), effect }))
    .default([])
    .describe('taints to set'),
  absent: z.array(key).default([]).describe('keys of taints to remove'),
  ...accessArgs,
});
type Want = z.output<typeof args>;
type Taint = Want['taints'][number];

export interface K8sTaintResult {
  readonly missing: readonly string[];
}

const question = ({ nodes, ...access }: Want) =>
  kubernetes(
    objectsOfKind({
      ...access,
      namespace: 'default',
      objects: nodes.map((name) => `node/${name}`),
    }),
  );

export const k8sTaint = defineModule({
  name: 'k8sTaint',
  summary: 'Sets and removes taints of nodes.',
  args,
  example: `k8sTaint('keep pods off', { nodes: ['kube1'], taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] })`,
  returns: { missing: 'names of the nodes that are not there' },
  mistakes(want: Want) {
    const both = want.taints.filter((taint) => want.absent.includes(taint.key));
    return [
      ...(want.taints.length + want.absent.length === 0 ? ['give taints or absent'] : []),
      ...both.map((taint) => `${taint.key} is in taints and in absent`),
    ];
  },
  reads: (want: Want) => ({ found: question(want) }),
  plan(want: Want, { found }, on): Plan<K8sTaintResult> {
    if (!found?.reached || found.refused !== undefined) {
      return unanswered(found?.refused ?? `there is no ${want.kubectl}`, on.check, { missing: [] });
    }
    const byName = new Map(found.objects.map((each) => [identityOf(each, '').name, each]));
    const missing = want.nodes.filter((name) => !byName.has(name));
    const notes = missing.map((name) => `there is no node ${name}`);
    const wrong = want.nodes.flatMap((name) => {
      const node = byName.get(name);
      return node ? wrongOf(name, taintsOf(node), want) : [];
    });
    if (wrong.length === 0) return same({ missing }, notes.length > 0 ? notes : undefined);
    return change({
      differences: wrong.map(({ node, key: of, from, to }) => ({
        what: `${node} ${of}`,
        from,
        to,
      })),
      script: joinScripts([
        withServer(accessOf(want)),
        ...wrong.map(
          ({ node, word }) =>
            sh`play_kubectl taint --overwrite node ${node} ${word} >/dev/null || exit 1`,
        ),
      ]),
      after: [unpredictable(question(want))],
      invalidates: invalidatesObjects,
      result: { missing },
      notes,
    });
  },
});

interface Wrong {
  readonly node: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** As `kubectl taint` takes it. */
  readonly word: string;
}

function wrongOf(node: string, is: readonly Taint[], want: Want): readonly Wrong[] {
  const set = want.taints.flatMap((taint): readonly Wrong[] => {
    const now = is.find((each) => each.key === taint.key && each.effect === taint.effect);
    if (now?.value === taint.value) return [];
    const to = textOf(taint);
    const from = now === undefined ? 'absent' : textOf(now);
    return [{ node, key: taint.key, from, to, word: `${taint.key}=${to}` }];
  });
  const removed = [...new Set(want.absent)].flatMap((gone): readonly Wrong[] => {
    const now = is.filter((each) => each.key === gone);
    if (now.length === 0) return [];
    return [{ node, key: gone, from: now.map(textOf).join(', '), to: 'absent', word: `${gone}-` }];
  });
  return [...set, ...removed];
}

const textOf = ({ value, effect: what }: Taint): string => `${value}:${what}`;

const taintsOf = (node: KubernetesObject): readonly Taint[] => {
  const list = fieldsOf(node['spec'])['taints'];
  if (!Array.isArray(list)) return [];
  return list.map(fieldsOf).map((each) => ({
    key: String(each['key']),
    value: typeof each['value'] === 'string' ? each['value'] : '',
    effect: each['effect'] as Taint['effect'],
  }));
};
