/** Arguments of modules that set one value in a file of data: the path to it, and the value. */
import { z } from 'zod';
import { isSecret, reveal, type Secret } from '../../../secrets/secret.ts';

/** What JSON can say; texts may be secret. */
export type Data =
  | null
  | boolean
  | number
  | string
  | Secret
  | readonly Data[]
  | { readonly [key: string]: Data };

/** The same with every secret as its plain text. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [key: string]: PlainData };

export type DataPath = readonly (string | number)[];

export const dataPath = z.union([
  z.string().min(1),
  z.array(z.union([z.string(), z.int().min(0)])).min(1),
]);

export const dataValue = z
  .custom<Data>(isData, 'expected data: text, number, list, object, …')
  .meta({ title: 'Data' });

/** `a.b.0` is a, b and the first; keys that hold a dot need a list. */
export const pathOf = (key: z.output<typeof dataPath>): DataPath =>
  typeof key === 'string' ? key.split('.') : key;

/** A path for people. */
export const pathText = (path: DataPath): string =>
  path
    .map((part) => (typeof part === 'string' && /[.\s]/.test(part) ? JSON.stringify(part) : part))
    .join('.');

/** The index that a part of a path means in a list; undefined where it can mean none. */
export const indexOf = (part: string | number): number | undefined =>
  /^\d+$/.test(String(part)) ? Number(part) : undefined;

function isData(value: unknown): value is Data {
  if (value === null || ['boolean', 'string'].includes(typeof value) || isSecret(value))
    return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isData);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain && Object.values(value).every(isData);
}

export function holdsSecret(data: Data): boolean {
  if (isSecret(data)) return true;
  return typeof data === 'object' && data !== null && Object.values(data).some(holdsSecret);
}

export function plainData(data: Data): PlainData {
  if (isSecret(data)) return reveal(data);
  if (isList(data)) return data.map(plainData);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plainData(value)]));
}

/** `Array.isArray` does not know read-only lists. */
export const isList = (data: Data): data is readonly Data[] => Array.isArray(data);
