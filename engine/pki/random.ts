/** Random texts for secrets. */
import { randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Lower case letters and digits from a source fit for secrets: about five bits each.
 * @param length characters
 * @returns a new text each time
 * @example
 * export const token = secret(toolkit.randomWord(32));
 */
export function randomWord(length: number): string {
  return Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');
}
