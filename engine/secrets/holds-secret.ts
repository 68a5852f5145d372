/** What steps that were given secrets may tell of them. */
import { isSecret } from './secret.ts';

/** Deeper data is no argument of a step. */
const deepest = 12;

/** Whether a Secret, or content that is secret, is anywhere in it. */
export function holdsSecret(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > deepest) return false;
  if (isSecret(value)) return true;
  if (value instanceof Uint8Array) return false;
  if ('kind' in value && value.kind === 'content' && 'secret' in value)
    return value.secret === true;
  const parts =
    value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  for (const part of parts) if (holdsSecret(part, depth + 1)) return true;
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
