import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { etcdMember } from '../../../kubernetes/modules/etcd-member.ts';
import {
  blockedPod,
  missingOf,
  podSelector,
} from '../../../kubernetes/modules/shared/condition.ts';
import { k8sDrain } from '../../../kubernetes/modules/k8s-drain.ts';
import { k8sLabel } from '../../../kubernetes/modules/k8s-label.ts';
import { k8sTaint } from '../../../kubernetes/modules/k8s-taint.ts';
import type { KubernetesAnswer, KubernetesObject } from '../../../kubernetes/readers/kubernetes.ts';
import { isChange, isSame, mistakes, planned, wanted } from '../../modules/planning.ts';

const answer = (...objects: KubernetesObject[]): KubernetesAnswer => ({
  objects,
  refused: undefined,
  reached: true,
});
const node = (name: string, spec: object = {}, labels: object = {}): KubernetesObject => ({
  kind: 'Node',
  metadata: { name, labels },
  spec,
});

describe('labels', () => {
  const want = { objects: ['node/a', 'node/b'], labels: { role: 'x', old: null } };

  test('only what differs is set, and what is not there is told of', () => {
    const found = answer(node('a', {}, { role: 'x', old: '1' }));
    const plan = isChange(planned(k8sLabel, want, { found }));
    expect(plan.differences).toEqual([{ what: 'node/a old', from: '1', to: 'absent' }]);
    expect(plan.notes).toEqual(['there is no node/b']);
  });

  test('what is as wanted stays', () => {
    const found = answer(node('a', {}, { role: 'x' }), node('b', {}, { role: 'x' }));
    expect(isSame(planned(k8sLabel, want, { found })).result).toEqual({ missing: [] });
  });

  test('objects of two kinds are refused', () => {
    for (const objects of [
      ['node/a', 'pod/b'],
      ['node/a', 'namespace/a'],
    ])
      expect(mistakes(k8sLabel, { objects, labels: { a: '' } })).toEqual([
        'objects must be of one kind',
      ]);
  });

  test('are asked of all objects at once, in their namespace', () => {
    const of = wanted(k8sLabel, { ...want, namespace: 'ns' });
    const { found } = k8sLabel.definition.reads?.(of, { get: () => undefined }) ?? {};
    expect(found?.key).toMatchObject({
      argv: ['get', 'node', 'a', 'b', '--namespace=ns', '--ignore-not-found', '-o', 'json'],
    });
  });

  test('that nobody answers for are said to need kubectl', () => {
    expect(() => planned(k8sLabel, want, { found: undefined })).toThrow(/there is no .*kubectl/);
  });
});

describe('labels and annotations', () => {
  const labels = { role: 'x', old: null };

  test('are set and taken away in the words of kubectl, and read again', () => {
    const found = answer(node('a', {}, { role: 'y', old: '1' }));
    const want = { objects: ['node/a'], labels, annotations: { note: 'n' }, namespace: 'ns' };
    const plan = isChange(planned(k8sLabel, want, { found }));
    const lines = scriptOf(plan)
      .text.split('\n')
      .filter((line) => line.includes('--overwrite'));
    expect(lines.map((line) => line.replaceAll("'", ''))).toEqual([
      'play_kubectl label --overwrite node/a role=x --namespace=ns >/dev/null || exit 1',
      'play_kubectl label --overwrite node/a old- --namespace=ns >/dev/null || exit 1',
      'play_kubectl annotate --overwrite node/a note=n --namespace=ns >/dev/null || exit 1',
    ]);
    expect(plan.differences).toEqual([
      { what: 'node/a role', from: 'y', to: 'x' },
      { what: 'node/a old', from: '1', to: 'absent' },
      { what: 'node/a note', from: 'absent', to: 'n' },
    ]);
    expect(plan.result).toEqual({ missing: [] });
    expect(plan.notes).toEqual([]);
    expect(plan.after).toHaveLength(1);
  });

  test('of an object that is not there are told of, though nothing changes', () => {
    const plan = isSame(planned(k8sLabel, { objects: ['node/b'], labels }, { found: answer() }));
    expect(plan.result).toEqual({ missing: ['b'] });
    expect(plan.notes).toEqual(['there is no node/b']);
    const all = isSame(
      planned(
        k8sLabel,
        { objects: ['node/a'], labels: { old: null } },
        { found: answer(node('a')) },
      ),
    );
    expect(all.notes).toBeUndefined();
  });

  test('need one kind of objects, and something to set', () => {
    expect(mistakes(k8sLabel, { objects: ['node/a', 'node/b'], annotations: { a: 'x' } })).toEqual(
      [],
    );
    expect(
      mistakes(k8sLabel, { objects: ['node/a'], labels: { a: 'x' }, annotations: { b: 'x' } }),
    ).toEqual([]);
    expect(mistakes(k8sLabel, { objects: ['node/a'] })).toEqual(['give labels or annotations']);
  });

  test('fail where the server was not reached or refuses', () => {
    const want = { objects: ['node/a'], labels };
    const refused = { objects: [], reached: true, refused: 'forbidden' };
    expect(() => planned(k8sLabel, want, { found: refused })).toThrow('forbidden');
    const away = { objects: [], reached: false, refused: undefined };
    expect(() => planned(k8sLabel, want, { found: away })).toThrow('no API server answers');
  });
});

describe('taints', () => {
  const master = { key: 'm', value: '', effect: 'NoSchedule' } as const;

  test('a taint is set where it is missing, others are left alone', () => {
    const other = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    const found = answer(node('a', { taints: [other] }), node('b', { taints: [master, other] }));
    const plan = isChange(planned(k8sTaint, { nodes: ['a', 'b'], taints: [master] }, { found }));
    expect(plan.differences).toEqual([{ what: 'a m', from: 'absent', to: ':NoSchedule' }]);
    expect(scriptOf(plan).text).not.toContain('not-ready');
  });

  test('are asked of all nodes at once', () => {
    const of = wanted(k8sTaint, { nodes: ['a', 'b'], absent: ['m'] });
    const { found } = k8sTaint.definition.reads?.(of, { get: () => undefined }) ?? {};
    expect(found?.key).toMatchObject({
      argv: ['get', 'node', 'a', 'b', '--namespace=default', '--ignore-not-found', '-o', 'json'],
    });
  });

  test('a taint that is not wanted goes', () => {
    const found = answer(node('a', { taints: [master] }));
    const plan = isChange(planned(k8sTaint, { nodes: ['a'], absent: ['m'] }, { found }));
    expect(scriptOf(plan).text).toContain('m-');
  });
});

describe('draining', () => {
  const pod = (name: string, owner: string): KubernetesObject => ({
    metadata: { name, namespace: 'x', ownerReferences: [{ kind: owner }] },
    status: { phase: 'Running' },
  });

  test('pods of DaemonSets are in nobody’s way', () => {
    const is = {
      node: answer(node('a', { unschedulable: true })),
      pods: answer(pod('d', 'DaemonSet')),
    };
    expect(planned(k8sDrain, { node: 'a' }, is).plan).toBe('same');
  });

  test('all others are named', () => {
    const is = { node: answer(node('a')), pods: answer(pod('p', 'ReplicaSet')) };
    const plan = isChange(planned(k8sDrain, { node: 'a' }, is));
    expect(plan.differences.map(({ what }) => what)).toEqual(['unschedulable', 'pod x/p']);
  });

  test('cordoning leaves pods where they are', () => {
    const is = { node: answer(node('a')), pods: answer(pod('p', 'ReplicaSet')) };
    const plan = isChange(planned(k8sDrain, { node: 'a', state: 'cordoned' }, is));
    expect(plan.differences).toEqual([{ what: 'unschedulable', from: false, to: true }]);
    expect(scriptOf(plan).text).toContain("cordon 'a'".replaceAll("'", ''));
  });
});

describe('waiting', () => {
  const ready = (status: string, message = ''): KubernetesObject => ({
    status: { conditions: [{ type: 'Ready', status, reason: 'KubeletNotReady', message }] },
  });

  test.each([
    ['Ready', ready('True'), undefined],
    ['Ready', ready('False', 'no network'), 'Ready is False: KubeletNotReady: no network'],
    ['Ready', undefined, 'it is not there'],
    ['exists', {}, undefined],
    ['absent', {}, 'it is still there'],
    ['absent', undefined, undefined],
  ])('for %s', (awaited, object, missing) => {
    expect(missingOf(awaited, object)).toBe(missing);
  });

  const deployment = (status: object): KubernetesObject => ({
    kind: 'Deployment',
    metadata: { generation: 2 },
    spec: { replicas: 2 },
    status,
  });

  test.each([
    [{ observedGeneration: 1 }, 'its controller has not seen it'],
    [{ observedGeneration: 2, replicas: 3, updatedReplicas: 1 }, '1 of 2 are updated'],
    [{ observedGeneration: 2, replicas: 3, updatedReplicas: 2 }, '1 of before are still there'],
    [
      { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 1 },
      '1 of 2 are available',
    ],
    [{ observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, undefined],
  ])('for a rollout: %o', (status, missing) => {
    expect(missingOf('rollout', deployment(status))).toBe(missing);
  });

  test('a pod tells which container waits for what', () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'no such image' };
    const pod = {
      metadata: { name: 'p' },
      status: { phase: 'Pending', containerStatuses: [{ name: 'web', state: { waiting } }] },
    };
    expect(blockedPod(pod)).toBe('pod p is Pending, web: ImagePullBackOff: no such image');
  });
});

describe('members of etcd', () => {
  const endpoints = ['https://10.0.0.1:2379'];
  const one = { id: 'a1', name: 'e1', peerUrls: ['https://10.0.0.1:2380'], learner: false };
  const lost = { id: 'b2', name: '', peerUrls: ['https://10.0.0.2:2380'], learner: false };
  const want = { name: 'e2', peerUrls: ['https://10.0.0.2:2380'], endpoints };

  test('a member that never started is found by its address and removed by its id', () => {
    const found = { members: [one, lost], refused: undefined };
    const plan = isChange(planned(etcdMember, { ...want, state: 'absent' }, { found }));
    expect(scriptOf(plan).text).toMatch(/member remove '?b2'?/);
  });

  test('the last member is not removed', () => {
    const found = { members: [lost], refused: undefined };
    expect(() => planned(etcdMember, { ...want, state: 'absent' }, { found })).toThrow(
      'last member',
    );
  });

  test('a member that is there already stays, and its cluster is told', () => {
    const found = { members: [one, lost], refused: undefined };
    expect(isSame(planned(etcdMember, want, { found })).result.initialCluster).toBe(
      'e1=https://10.0.0.1:2380,e2=https://10.0.0.2:2380',
    );
  });
});

test('a condition that does not hold says its reason and its message, as far as there are any', () => {
  const withCondition = (more: object): KubernetesObject => ({
    status: {
      conditions: [
        { type: 'Other', status: 'True' },
        { type: 'Ready', status: 'False', ...more },
      ],
    },
  });
  expect(missingOf('Ready', withCondition({ reason: 'Down', message: 'no net' }))).toBe(
    'Ready is False: Down: no net',
  );
  expect(missingOf('Ready', withCondition({ reason: '', message: 'no net' }))).toBe(
    'Ready is False: no net',
  );
  expect(missingOf('Ready', withCondition({ reason: 5 }))).toBe('Ready is False');
  expect(missingOf('Other', withCondition({}))).toBeUndefined();
  expect(missingOf('New', withCondition({}))).toBe('it has no condition New yet');
});

test('pods of a workload are found by the labels that it selects', () => {
  const selector = (matchLabels: object) => ({ spec: { selector: { matchLabels } } });
  expect(podSelector(selector({ app: 'web', tier: 'front' }))).toBe('app=web,tier=front');
  expect(podSelector(selector({}))).toBe('');
  expect(podSelector({ spec: {} })).toBe('');
  expect(podSelector(undefined)).toBe('');
});
