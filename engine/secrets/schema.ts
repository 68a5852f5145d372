/** Schemas of variables that hold secrets. */
import { z } from 'zod';
import { isSecret, secret, type Secret } from './secret.ts';

/**
 * Schema of a secret variable: takes a text or a Secret (`!secret`, `!env` in an inventory) and
 * gives a Secret.
 * @example vars: z.strictObject({ password: secretText })
 */
export const secretText: z.ZodType<Secret, string | Secret> = z
  .custom<string | Secret>((given) => typeof given === 'string' || isSecret(given), {
    error: 'expected a text or a secret',
  })
  .transform((given) => (isSecret(given) ? given : secret(given)))
  .describe('secret text');
