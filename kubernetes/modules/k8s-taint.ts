/** Taints of nodes. */
import { defineModule, sh, z } from 'tsplay';
import { kubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import { accessArgs } from './shared/arguments.ts';
import { fieldsOf } from './shared/condition.ts';
import {
  fieldKey,
  objectsOfKind,
  planSeveral,
  type Several,
  type SeveralResult,
  type WrongField,
} from './shared/several.ts';

const key = z.string().regex(fieldKey, 'must be the key of a taint');
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

export type K8sTaintResult = SeveralResult;

const nodesOf = ({ nodes, kubectl, kubeconfig, servers }: Want): Several => ({
  kubectl,
  kubeconfig,
  servers,
  namespace: 'default',
  objects: nodes.map((name) => `node/${name}`),
});

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
  reads: (want: Want) => ({ found: kubernetes(objectsOfKind(nodesOf(want))) }),
  plan: (want: Want, { found }, on) =>
    planSeveral(nodesOf(want), found, on.check, (node, name) =>
      wrongIn(name.slice('node/'.length), taintsOf(node), want),
    ),
});

function wrongIn(node: string, is: readonly Taint[], want: Want): readonly WrongField[] {
  const wrong = (of: string, from: string, to: string, word: string): WrongField => ({
    difference: { what: `${node} ${of}`, from, to },
    command: sh`play_kubectl taint --overwrite node ${node} ${word} >/dev/null || exit 1`,
  });
  const set = want.taints.flatMap((taint) => {
    const now = is.find((each) => each.key === taint.key && each.effect === taint.effect);
    if (now?.value === taint.value) return [];
    const to = textOf(taint);
    return [wrong(taint.key, now === undefined ? 'absent' : textOf(now), to, `${taint.key}=${to}`)];
  });
  const removed = [...new Set(want.absent)].flatMap((gone) => {
    const now = is.filter((each) => each.key === gone);
    return now.length === 0 ? [] : [wrong(gone, now.map(textOf).join(', '), 'absent', `${gone}-`)];
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
