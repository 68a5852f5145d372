/** Schemas of variables that hold secrets. */
import { z } from 'zod';
import { isSecret, reveal, secret, type Secret } from './secret.ts';

/**
 * Schema of a secret variable: takes a text or a Secret (`!secret`, `!env` in an inventory) and
 * gives a Secret.
 * @example
 * export const vars = z.strictObject({ password: secretText });
 */
export const secretText: z.ZodType<Secret, string | Secret> = z
  .custom<string | Secret>((given) => typeof given === 'string' || isSecret(given), {
    error: 'expected a text or a secret',
  })
  .transform((given) => (isSecret(given) ? given : secret(given)))
  .describe('secret text');

/**
 * As `secretText`, for secrets that must have a form.
 * @param mistake looks at the plain text and says in one sentence what is wrong, without quoting it
 * @returns a schema for a variable
 * @example
 * export const vars = z.strictObject({
 *   pass: secretTextThat((plain) =>
 *     plain.length > 8 ? 'must not have more than 8 characters' : undefined,
 *   ),
 * });
 */
export function secretTextThat(
  mistake: (plain: string) => string | undefined,
): z.ZodType<Secret, string | Secret> {
  return secretText.superRefine((given, context) => {
    const message = mistake(reveal(given));
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
