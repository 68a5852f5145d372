/** Hints for values that YAML 1.2 reads otherwise than people expect. */

const yes = /^(?:yes|on|y|true)$/i;
const no = /^(?:no|off|n|false)$/i;
const octal = /^0[0-7]{3,4}$/;
/** `mode`, `configMode`: there `644` is meant as chmod reads it. */
const ofMode = /mode$/i;

/**
 * What to write instead, when a value of another type was wanted.
 * @param plain the characters in the file, for a scalar without quotes
 * @param name of the variable or its field
 * @example hintForType('string', 644, '0644') // "write '0644'"
 */
export function hintForType(
  expected: string,
  value: unknown,
  plain?: string,
  name = '',
): string | undefined {
  if (value === null) return 'the value is empty';
  if (expected === 'boolean' && typeof value === 'string') {
    if (yes.test(value)) return 'write true';
    if (no.test(value)) return 'write false';
  }
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    const quoted = `'${plain ?? String(value)}'`;
    if (ofMode.test(name) && /^[0-7]{3}$/.test(String(value))) return `write '0${value}'`;
    return plain !== undefined && octal.test(plain) ? `write ${quoted}` : `quote it: ${quoted}`;
  }
  if (expected === 'number' && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)) {
    return `write ${value} without quotes`;
  }
  if (expected === 'array' && (typeof value === 'string' || typeof value === 'number')) {
    return `write a list: [${plain ?? String(value)}]`;
  }
  return undefined;
}
