/** What steps that were given secrets may tell of them. */
import { isSecret } from './secret.ts';

/** Whether a Secret, or content that is secret, is anywhere in it. */
export function holdsSecret(value: unknown): boolean {
  return isIn(value, new Set());
}

/** @param seen data may hold itself */
function isIn(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (isSecret(value)) return true;
  if (value instanceof Uint8Array) return false;
  if ('kind' in value && value.kind === 'content' && 'secret' in value)
    return value.secret === true;
  const parts =
    value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  for (const part of parts) if (isIn(part, seen)) return true;
  return false;
}

/** Data without digests and sizes: from both a short secret can be found by trying. */
export function withoutMeasures(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutMeasures);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'digest' && name !== 'size')
      .map(([name, part]) => [name, withoutMeasures(part)]),
  );
}
