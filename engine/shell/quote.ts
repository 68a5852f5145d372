/** The one quote function: a word for a POSIX shell, whatever it holds but NUL. */
import { PlayError } from '../errors.ts';

const plain = /^[A-Za-z0-9_/:.,@%+-][A-Za-z0-9_/:=.,@%+-]*$/;

/**
 * Quotes one word for a POSIX shell.
 * @param word any text without NUL
 * @returns the word as it is where it needs no quotes
 * @throws PlayError when the word holds a NUL, which no argument can carry
 * @example
 * // rm -- 'it'\''s here'
 * export const script = `rm -- ${quote("it's here")}`;
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new PlayError('a shell word cannot hold a NUL byte');
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
