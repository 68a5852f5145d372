/**
 * What was made of plain data serves again for data that is the same: of one task for a thousand
 * hosts. Whoever keeps data to compare with keeps a copy, as its owner may change it.
 */
import { isSecret } from '../secrets/secret.ts';

/** A copy of the plain data in a value; what is more than data is in it as it is. */
export function copyOfData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfData);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOfData(item)]));
}

/**
 * Whether two values are the same plain data. Secrets are only like themselves, and what may hold
 * anything or change (bytes, maps, objects of classes) is like nothing.
 */
export function areAlike(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    return Object.is(one, other);
  }
  if (Array.isArray(one)) return Array.isArray(other) && areListsAlike(one, other);
  if (isPlain(one)) return isPlain(other) && areRecordsAlike(one, other);
  return one === other && isSecret(one);
}

function areListsAlike(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => areAlike(item, other[index]));
}

type PlainRecord = Readonly<Record<string, unknown>>;

function areRecordsAlike(one: PlainRecord, other: PlainRecord): boolean {
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && areAlike(one[key], other[key]));
}

function isPlain(value: unknown): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
