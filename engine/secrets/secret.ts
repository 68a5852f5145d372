/**
 * A value that people must not see. It cannot be turned into a string by accident: only `reveal`
 * gives the plain text, and only code that writes to a host calls it (rule 23, secrets).
 */
import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { PlaybookError } from '../errors.ts';

const plainTexts = new WeakMap<Secret, string>();
/** Every secret that was ever made here, for the Redactor. */
const everyPlainText = new Set<string>();
const kind = Symbol.for('tsplay.secret');
const processKey = randomBytes(32);

/**
 * A value that people must not see. As text, or as JSON, it throws a PlaybookError; in a report it is
 * `***`.
 * @example
 * export const show = (given: string | Secret): string =>
 *   given instanceof Secret ? 'a secret' : given;
 */
export class Secret {
  /** Tells apart secrets of one process that are compared as data; it says nothing of the text. */
  readonly [kind]: string;

  constructor(plain: string) {
    this[kind] = createHmac('sha256', processKey).update(plain).digest('base64');
    plainTexts.set(this, plain);
    everyPlainText.add(plain);
  }

  toString(): string {
    throw new PlaybookError('a Secret was used as text', {
      hint: 'pass it whole to content, template vars, stdin or the tagged `text`',
    });
  }

  /** JSON is written to hosts as well as shown: reports hide Secrets before they come here. */
  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return '***';
  }
}

/**
 * Wraps a plain text.
 * @param plain the text, of any length
 * @returns a new Secret
 * @example
 * const token = secret('hunter2');
 * export const written = copy('token', { dest: '/etc/token', content: token, mode: '0600' });
 */
export function secret(plain: string): Secret {
  return new Secret(plain);
}

/**
 * Whether a value is a Secret, also one of another copy of tsplay.
 * @param value anything
 * @returns true where it is one; its type is then known
 * @example
 * export const show = (given: unknown): string => (isSecret(given) ? '***' : String(given));
 */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && kind in value;
}

/**
 * The plain text, for code that sends it to a host or hides it in reports.
 * @param value the Secret
 * @returns the text as it was wrapped; keep it out of messages and results
 * @throws PlaybookError for a Secret of another copy of tsplay
 * @example
 * const token = secret('hunter2');
 * export const length = toolkit.reveal(token).length;
 */
export function reveal(value: Secret): string {
  const plain = plainTexts.get(value);
  if (plain === undefined) throw new PlaybookError('a Secret of another copy of tsplay');
  return plain;
}

/** All plain texts so far, oldest first: only for hiding them. */
export function knownPlainTexts(): ReadonlySet<string> {
  return everyPlainText;
}
