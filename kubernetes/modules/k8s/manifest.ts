/** Manifests as people write them: plain objects, a list of them, or YAML text. */
import { parseAllDocuments } from 'yaml';
import { isSecret, PlaybookError, toolkit, z } from 'tsplay';
import type { KubernetesObject } from '../../readers/kubernetes.ts';

const { reveal, textValue } = toolkit;

const object = z.record(z.string(), z.unknown());

export const manifestArg = z.union([object, z.array(object).min(1), textValue]);
export type Manifest = z.output<typeof manifestArg>;

export interface ReadManifest {
  readonly objects: readonly KubernetesObject[];
  /** Some of it came from a Secret. */
  readonly secret: boolean;
}

/** The objects of a manifest, Lists taken apart. @throws PlaybookError for text that is no YAML */
export function readManifest(manifest: Manifest | undefined): ReadManifest {
  const taint = { secret: false };
  const given =
    typeof manifest === 'string'
      ? documentsOf(manifest)
      : isSecret(manifest)
        ? documentsOf(reveal(manifest))
        : [manifest ?? []].flat().map((each) => revealAll(each, taint));
  const objects = given.flatMap((each) => itemsOf(each));
  return { objects, secret: taint.secret || isSecret(manifest) };
}

/** Secrets anywhere in a plain object, as their texts; notes that there was one. */
function revealAll(value: unknown, taint: { secret: boolean }): unknown {
  if (isSecret(value)) {
    taint.secret = true;
    return reveal(value);
  }
  if (Array.isArray(value)) return value.map((item) => revealAll(item, taint));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revealAll(item, taint)]),
  );
}

/** What is wrong with a manifest, as sentences. */
export function manifestMistakes(manifest: Manifest): readonly string[] {
  let objects: readonly KubernetesObject[];
  try {
    ({ objects } = readManifest(manifest));
  } catch (error) {
    return [`the manifest is no YAML: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (objects.length === 0) return ['the manifest has no object'];
  return objects.flatMap((each, index) => {
    const metadata = each['metadata'];
    const name =
      typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : '';
    const missing = [
      ...(typeof each['apiVersion'] === 'string' ? [] : ['apiVersion']),
      ...(typeof each['kind'] === 'string' ? [] : ['kind']),
      ...(typeof name === 'string' && name !== '' ? [] : ['metadata.name']),
    ];
    if (missing.length === 0) return [];
    return [`object ${index + 1} of the manifest has no ${missing.join(', no ')}`];
  });
}

function documentsOf(text: string): readonly unknown[] {
  return parseAllDocuments(text, { schema: 'yaml-1.1', version: '1.1' }).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new PlaybookError(error.message);
    const content: unknown = document.toJS();
    return content === null ? [] : [content];
  });
}

function itemsOf(each: unknown): readonly KubernetesObject[] {
  if (typeof each !== 'object' || each === null || Array.isArray(each)) {
    throw new PlaybookError('a document that is no object');
  }
  const record = each as KubernetesObject;
  const isList = record['kind'] === 'List' && Array.isArray(record['items']);
  return isList ? (record['items'] as readonly KubernetesObject[]) : [record];
}
