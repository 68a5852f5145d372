/** Secrets made of secrets. */
import { reveal, secret, type Secret } from './secret.ts';

/**
 * A secret that is computed from another one.
 * @param from the secret that it is made of
 * @param change gets the plain text; what it returns is a secret again
 * @returns a new Secret
 * @example
 * const token = secret('hunter2');
 * export const encoded = derivedSecret(token, (plain) => Buffer.from(plain).toString('base64'));
 */
export function derivedSecret(from: Secret, change: (plain: string) => string): Secret {
  return secret(change(reveal(from)));
}
