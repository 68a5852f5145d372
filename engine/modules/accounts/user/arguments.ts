/** Arguments of the user module. */
import { z } from 'zod';
import { absolutePath } from '../../shared/argument.ts';
import { accountName, passwordHash } from '../../shared/account-argument.ts';

export const args = z.strictObject({
  name: accountName.describe('login name'),
  uid: z.number().int().min(0).optional().describe('its number; default: the next free one'),
  group: accountName.optional().describe('primary group; default: a group of its own'),
  groups: z.array(accountName).optional().describe('further groups, which must exist'),
  append: z.boolean().default(false).describe('keep the user in groups that are not listed'),
  comment: z
    .string()
    .regex(/^[^:\n]*$/, 'must hold no colon')
    .optional()
    .describe('full name'),
  home: absolutePath.optional().describe('home folder; default: as the system does it'),
  createHome: z
    .boolean()
    .optional()
    .describe(
      'create a missing home folder; default: only for a new user that is not a system user',
    ),
  moveHome: z.boolean().default(false).describe('move the folder when home changes'),
  shell: absolutePath.optional().describe('login shell'),
  system: z.boolean().default(false).describe('give a new user a number from the system range'),
  password: passwordHash.optional().describe("hash of the password: secret('$6$…')"),
  updatePassword: z
    .enum(['always', 'onCreate'])
    .default('always')
    .describe('onCreate: set it for a new user only'),
  locked: z.boolean().optional().describe('whether login with the password is locked'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  remove: z.boolean().default(false).describe('with absent: also remove home folder and mail'),
});

export type UserWant = z.output<typeof args>;
