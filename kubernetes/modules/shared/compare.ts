/** What an apply would change in an object of Kubernetes. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Difference } from 'tsplay';
import type { KubernetesObject } from '../../readers/kubernetes.ts';

/** What the server writes by itself, at each write or in between. */
const ofTheServer = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Fields beyond this are counted, not listed. */
const shownFields = 12;

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** @param namespace where the object names none */
export function identityOf(object: KubernetesObject, namespace: string): Identity {
  const metadata = recordOf(object['metadata']);
  return {
    apiVersion: textOf(object['apiVersion']),
    kind: textOf(object['kind']),
    namespace: textOf(metadata['namespace']) || namespace,
    name: textOf(metadata['name']),
  };
}

/** The same object, whatever version of its API it was asked in, in a namespace or in none. */
export function isSameObject(a: Identity, b: Identity): boolean {
  const group = ({ apiVersion }: Identity): string =>
    apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return (
    a.kind === b.kind && a.name === b.name && a.namespace === b.namespace && group(a) === group(b)
  );
}

/** For people: `ConfigMap kube-system/coredns`. */
export const nameOf = (object: KubernetesObject): string => {
  const { kind, name } = identityOf(object, '');
  const namespace = textOf(recordOf(object['metadata'])['namespace']);
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
};

/**
 * The differences that an apply would make.
 * @param applied what the server's dry run answered
 */
export function objectDifferences(
  live: KubernetesObject | undefined,
  applied: KubernetesObject,
): readonly Difference[] {
  const name = nameOf(applied);
  const secret = applied['kind'] === 'Secret';
  const after = plainObject(applied);
  if (live === undefined) {
    return [{ what: name, from: 'absent', to: 'present', ...shown(name, '', after, secret) }];
  }
  const before = plainObject(live);
  if (isDeepStrictEqual(before, after)) return [];
  const fields = changedFields(withoutLastApplied(before), withoutLastApplied(after), '');
  const listed = fields.slice(0, shownFields).map(({ path, from, to }, index): Difference => ({
    what: `${name} ${path}`,
    from: secret ? 'another value' : from,
    to: secret ? 'as given' : to,
    ...(index === 0 && shown(name, yamlOf(before), after, secret)),
    ...(secret && { secret }),
  }));
  if (fields.length > shownFields) {
    const more = `${fields.length - shownFields} more`;
    return [...listed, { what: `${name}, other fields`, from: more, to: 'as given' }];
  }
  if (listed.length > 0) return listed;
  return [{ what: `${name}, the manifest that was applied last`, from: 'another', to: 'this' }];
}

function shown(name: string, before: string, after: KubernetesObject, secret: boolean) {
  if (secret) return {};
  return { text: { path: name, before, after: yamlOf(after) } };
}

const yamlOf = (object: KubernetesObject): string =>
  stringify(withoutLastApplied(object), { lineWidth: 0 });

/** The object without what the server writes by itself. */
export function plainObject(object: KubernetesObject): KubernetesObject {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries(recordOf(metadata)).filter(([key]) => !ofTheServer.includes(key));
  const plain = Object.fromEntries(kept);
  const annotations = recordOf(plain['annotations']);
  if (Object.keys(annotations).length === 0) delete plain['annotations'];
  else if (typeof annotations[lastApplied] === 'string') {
    const parsed = parsedJson(annotations[lastApplied]);
    plain['annotations'] = { ...annotations, [lastApplied]: parsed };
  }
  return { ...rest, metadata: plain };
}

function withoutLastApplied(object: KubernetesObject): KubernetesObject {
  const metadata = recordOf(object['metadata']);
  const { [lastApplied]: _last, ...annotations } = recordOf(metadata['annotations']);
  const { annotations: _all, ...rest } = metadata;
  const kept = Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
  return { ...object, metadata: kept };
}

interface Changed {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

function changedFields(before: unknown, after: unknown, path: string): readonly Changed[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) {
    if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      return before.flatMap((item, index) =>
        changedFields(item, after[index], `${path}[${index}]`),
      );
    }
    return [{ path, from: before ?? 'absent', to: after ?? 'absent' }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) =>
    changedFields(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

const isRecord = (of: unknown): of is Readonly<Record<string, unknown>> =>
  typeof of === 'object' && of !== null && !Array.isArray(of);

const recordOf = (of: unknown): Readonly<Record<string, unknown>> => (isRecord(of) ? of : {});

const textOf = (of: unknown): string => (typeof of === 'string' ? of : '');

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
