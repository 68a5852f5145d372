/** What may stand in a text: strings, numbers, booleans and Secrets; all else is a mistake. */
import { isSecret, reveal, type Secret } from '../secrets/secret.ts';

export type TextPart = string | number | bigint | boolean | Secret;

/** Notes whether a Secret got into the text that is being made. */
export interface Taint {
  secret: boolean;
}

/**
 * @param taint its `secret` becomes true when the value is a Secret
 * @throws TypeError that says what to write instead
 */
export function toText(value: unknown, taint: Taint): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value);
  }
  if (isSecret(value)) {
    taint.secret = true;
    return reveal(value);
  }
  throw new TypeError(notText(value));
}

/** Why a value can't stand in a text; undefined when it can. */
export function whyNotText(value: unknown): string | undefined {
  const kinds = ['string', 'number', 'boolean', 'bigint'];
  return kinds.includes(typeof value) || isSecret(value) ? undefined : notText(value);
}

function notText(value: unknown): string {
  if (value === null || value === undefined) return `the value is ${value}`;
  if (Array.isArray(value)) return 'the value is a list';
  return `the value is ${typeof value === 'function' ? 'a function' : 'an object'}`;
}

/** A copy with every Secret in it revealed, for text formats of whole values. */
export function revealAll(value: unknown, taint: Taint): unknown {
  if (isSecret(value)) return toText(value, taint);
  if (Array.isArray(value)) return value.map((item) => revealAll(item, taint));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revealAll(item, taint)]),
  );
}
