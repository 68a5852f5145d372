import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript } from 'tsplay/testing';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { k8s } from '../../../kubernetes/modules/k8s/index.ts';
import type { KubernetesObject, Objects } from '../../../kubernetes/readers/kubernetes.ts';
import { Controllers } from '../../../engine/controller/local-files.ts';
import { isSecret, secret } from '../../../engine/secrets/secret.ts';
import { folder } from '../../readers/asking.ts';
import { isAct, isChange, isSame, mistakes, planned } from '../../modules/planning.ts';

const map = (data: Record<string, string>, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'default', ...more },
  data,
});
const of = (live: KubernetesObject[], applied?: KubernetesObject[], refused?: string): Objects => ({
  live,
  applied,
  refused,
  reached: true,
});
const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data: { a: '1' },
};

describe('what is present', () => {
  test('an object that the server would leave as it is stays', () => {
    const live = map({ a: '1' }, { resourceVersion: '7', uid: 'u', managedFields: [{}] });
    const applied = map({ a: '1' }, { resourceVersion: '8', uid: 'u' });
    expect(isSame(planned(k8s, { manifest }, { objects: of([live], [applied]) })).result).toEqual({
      objects: [live],
    });
  });

  test('a field that differs is named, from and to', () => {
    const plan = planned(k8s, { manifest }, { objects: of([map({ a: '2' })], [map({ a: '1' })]) });
    expect(isChange(plan).differences).toMatchObject([
      { what: 'ConfigMap default/web data.a', from: '2', to: '1' },
    ]);
    expect(isChange(plan).invalidates).toEqual({
      readers: ['kubernetes', 'hostKubernetes', 'kubernetesObjects'],
    });
  });

  test.each<[string, unknown, unknown, readonly unknown[]]>([
    ['a field that comes', {}, { a: 1 }, ['x.a', 'absent', 1]],
    ['a field that goes', { a: 1 }, {}, ['x.a', 1, 'absent']],
    ['an item of a list', [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 3 }], ['x[1].a', 2, 3]],
    ['a list of another length as a whole', [1], [1, 2], ['x', [1], [1, 2]]],
    ['a list in place of fields', { a: 1 }, [1], ['x', { a: 1 }, [1]]],
    ['fields in place of a list', [1], { a: 1 }, ['x', [1], { a: 1 }]],
    ['a list in place of a value', 1, [1], ['x', 1, [1]]],
    ['fields in place of nothing', null, { a: 1 }, ['x', 'absent', { a: 1 }]],
  ])('%s is named by its path', (_, before, after, [path, from, to]) => {
    const object = (x: unknown) => ({ ...map({}), x });
    const plan = planned(k8s, { manifest }, { objects: of([object(before)], [object(after)]) });
    const [found, ...more] = isChange(plan).differences;
    expect(found).toMatchObject({ what: `ConfigMap default/web ${String(path)}`, from, to });
    expect(more).toEqual([]);
  });

  test('an object that is absent is made', () => {
    const plan = planned(k8s, { manifest }, { objects: of([], [map({ a: '1' })]) });
    expect(isChange(plan).differences).toMatchObject([{ from: 'absent', to: 'present' }]);
    expect(scriptOf(isChange(plan)).text).toContain('play_kubectl_stdin apply');
  });

  test('what the apply will make of it is what check takes for granted', () => {
    const applied = [map({ a: '1' })];
    const plan = isChange(planned(k8s, { manifest }, { objects: of([], applied) }));
    const [after] = plan.after;
    expect(after?.answer).toMatchObject({ answer: 'value', value: { live: applied } });
  });

  test('a namespace that the same manifest brings is not missed', () => {
    const refused = 'Error from server (NotFound): namespaces "shop" not found';
    const plan = planned(k8s, { manifest }, { objects: of([], undefined, refused) });
    expect(isChange(plan).notes?.join()).toContain('namespaces "shop" not found');
  });

  test('anything else that the server refuses fails, with its words', () => {
    const refused = 'error: unknown field "dat" in ConfigMap';
    expect(() => planned(k8s, { manifest }, { objects: of([], undefined, refused) })).toThrow(
      'the API server refuses: unknown field "dat"',
    );
  });

  test('secret values are shown nowhere', () => {
    const object = { ...manifest, kind: 'Secret', data: { token: secret('c2VjcmV0d29yZA==') } };
    const applied = { ...map({ token: 'c2VjcmV0d29yZA==' }), kind: 'Secret' };
    const plan = isChange(planned(k8s, { manifest: object }, { objects: of([], [applied]) }));
    expect(JSON.stringify(plan.differences)).not.toContain('c2VjcmV0');
    const changed = { ...map({ token: 'b2xk' }), kind: 'Secret' };
    const again = isChange(
      planned(k8s, { manifest: object }, { objects: of([changed], [applied]) }),
    );
    expect(JSON.stringify(again.differences)).not.toMatch(/c2VjcmV0|b2xk/);
  });
});

describe('what is absent', () => {
  test('stays absent', () => {
    const plan = planned(k8s, { manifest, state: 'absent' }, { objects: of([]) });
    expect(plan.plan).toBe('same');
  });

  test('is removed where it is there', () => {
    const plan = planned(k8s, { manifest, state: 'absent' }, { objects: of([map({})]) });
    expect(isChange(plan).differences).toEqual([
      { what: 'ConfigMap default/web', from: 'present', to: 'absent' },
    ]);
  });

  test('has a limit for being gone, and then says why it is not', async () => {
    const kubectl = join(folder(), 'kubectl');
    writeFileSync(
      kubectl,
      `#!/bin/sh
case "$*" in
*/readyz*) echo ok ;;
*delete*--timeout=7s*) echo 'timed out waiting for the condition' >&2; exit 1 ;;
*template*) echo 'Namespace verify: NamespaceDeletionDiscoveryFailure: metrics.k8s.io/v1beta1' ;;
esac
`,
      { mode: 0o755 },
    );
    const want = { manifest, state: 'absent', timeout: 7, kubectl, kubeconfig: kubectl } as const;
    const script = scriptOf(isChange(planned(k8s, want, { objects: of([map({})]) })));
    const { code, stderr } = await runScript(script);
    expect([code, stderr.trim().split('\n')]).toEqual([
      1,
      [
        'timed out waiting for the condition',
        'Namespace verify: NamespaceDeletionDiscoveryFailure: metrics.k8s.io/v1beta1',
      ],
    ]);
  });
});

describe('where nobody answers', () => {
  const down: Objects = {
    live: [],
    applied: undefined,
    refused: 'connection refused',
    reached: false,
  };

  test('a run fails and says whom to look at', () => {
    expect(() => planned(k8s, { manifest }, { objects: down })).toThrow(
      'no API server answers: connection refused',
    );
    expect(() => planned(k8s, { manifest }, { objects: undefined })).toThrow(
      'there is no /usr/bin/kubectl',
    );
  });

  test('check says unknown: it may be started by an earlier step', () => {
    const plan = isAct(planned(k8s, { manifest }, { objects: down }, { check: true }));
    expect(plan.notes).toEqual(['no API server answers now: connection refused']);
    expect(plan.changed).toBeDefined();
  });
});

describe('manifests', () => {
  test.each([
    ['no name', { apiVersion: 'v1', kind: 'Pod' }, 'object 1 of the manifest has no metadata.name'],
    ['no kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'no kind'],
    ['text that is no YAML', 'a: [', 'the manifest is no YAML'],
    ['nothing', '---\n', 'the manifest has no object'],
  ])('%s is told before anything connects', (_, given, said) => {
    expect(mistakes(k8s, { manifest: given }).join()).toContain(said);
  });

  test('YAML of several documents and a List are taken apart', () => {
    const text = `apiVersion: v1
kind: Namespace
metadata: { name: a }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Namespace, metadata: { name: b } }
`;
    const plan = isChange(planned(k8s, { manifest: text }, { objects: of([], undefined) }));
    expect(plan.differences.map(({ what }) => what)).toEqual(['Namespace a', 'Namespace b']);
  });
});

describe('a template in place of a manifest', () => {
  const rendered = async (text: string, vars: Readonly<Record<string, unknown>>) => {
    const src = join(folder(), 'objects.yaml.hbs');
    writeFileSync(src, text);
    const task = k8s('objects', { src, vars });
    const controllers = new Controllers({ check: false, diff: false }, { remember: true });
    const want = k8s.definition.args.parse({ src, vars });
    return k8s.definition.prepare?.(want, controllers.of(task, 'web'));
  };
  const template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{name}} }\n';

  test('gives its objects', async () => {
    const { manifest: text } = (await rendered(template, { name: 'web' })) ?? {};
    expect(text).toBe('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n');
  });

  test('with a secret among its variables is secret as a whole', async () => {
    const { manifest: text } = (await rendered(template, { name: secret('web') })) ?? {};
    expect(isSecret(text)).toBe(true);
  });

  test('whose text is no manifest is named', async () => {
    await expect(rendered('kind: {{name}}\n', { name: 'Pod' })).rejects.toThrow(
      /objects\.yaml\.hbs: object 1 of the manifest has no apiVersion, no metadata\.name$/,
    );
  });

  test('is tried before anything connects', () => {
    const want = k8s.definition.args.parse({ src: 'a.hbs', vars: { a: 1 } });
    expect(k8s.definition.template?.(want)).toEqual({ src: 'a.hbs', variables: { a: 1 } });
  });

  test.each([
    ['both', { manifest, src: 'a.hbs' }, 'give manifest or src, not both'],
    ['neither', {}, 'give manifest or src'],
  ])('%s of them is refused', (_, given, said) => {
    expect(mistakes(k8s, given)).toEqual([said]);
  });
});
