/** Values and keys as TOML writes them. */
import type { PlainData } from '../../shared/data/argument.ts';
import { FormatError } from '../../shared/data/file.ts';

/** A key as TOML writes it, in quotes where it must be. */
export const tomlKey = (key: string | number): string =>
  /^[A-Za-z0-9_-]+$/.test(String(key)) ? String(key) : tomlText(String(key));

/** JSON's escapes are TOML's, but for DEL. */
const tomlText = (text: string): string => JSON.stringify(text).replaceAll('\u007F', '\\u007F');

/** @throws FormatError for null, which TOML does not have */
export function tomlValue(value: PlainData): string {
  if (value === null) throw new FormatError('TOML has no null', { hint: "use state: 'absent'" });
  if (typeof value === 'string') return tomlText(value);
  if (typeof value === 'number') return tomlNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return `[${value.map((each: PlainData) => tomlValue(each)).join(', ')}]`;
  }
  const members = Object.entries(value).map(
    ([key, each]) => `${tomlKey(key)} = ${tomlValue(each)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Whole numbers within TOML's 64 bits stay whole. */
function tomlNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (!Number.isInteger(value)) return String(value).replace('e+', 'e');
  return Math.abs(value) < 2 ** 63
    ? BigInt(value).toString()
    : value.toExponential().replace('+', '');
}
