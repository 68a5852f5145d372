/** The one quote function: a word for a POSIX shell, whatever it holds but NUL. */
import { PlayError } from '../errors.ts';

const plain = /^[A-Za-z0-9_/:.,@%+-][A-Za-z0-9_/:=.,@%+-]*$/;

/**
 * Quotes one word.
 * @throws PlayError when the word holds a NUL, which no argument can carry.
 * @example quote("it's") // 'it'\''s'
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new PlayError('a shell word cannot hold a NUL byte');
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
