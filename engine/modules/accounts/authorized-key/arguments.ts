/** Arguments of the authorizedKey module. */
import { z } from 'zod';
import { absolutePath } from '../../shared/argument.ts';

const oneLine = z.string().regex(/^[^\r\n\0]+$/, 'must be one line');

export const args = z.strictObject({
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][\w.-]*\$?$/, 'is not the name of a user')
    .describe('who may log in with the key'),
  key: z
    .union([oneLine, z.array(oneLine).min(1)])
    .describe('public keys as ssh-keygen writes them: type, key, comment'),
  options: z
    .array(oneLine)
    .optional()
    .describe('options of these keys: from="10.0.0.0/8", no-pty; default: unchanged'),
  exclusive: z.boolean().default(false).describe('remove every other key of the user'),
  path: absolutePath.optional().describe('the file; default .ssh/authorized_keys in the home'),
  state: z.enum(['present', 'absent']).default('present').describe('whether they should exist'),
});
export type AuthorizedKey = z.output<typeof args>;
