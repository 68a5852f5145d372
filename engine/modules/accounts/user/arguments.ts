/** Arguments of the user module. */
import { z } from 'zod';
import { absolutePath } from '../../shared/argument.ts';
import { accountName, passwordHash } from '../../shared/account-argument.ts';

export const args = z.strictObject({
  name: accountName.describe('login name'),
  uid: z.number().int().min(0).optional().describe('its number; default: the next free one'),
  group: accountName.optional().describe('primary group; default: a group of its own'),
  groups: z.array(accountName).optional().describe('further groups, which must be there'),
  append: z.boolean().default(false).describe('leave the user in groups that are not listed'),
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
      'make the home folder where it is missing; default: for a new user that is no system user',
    ),
  moveHome: z.boolean().default(false).describe('where home changes, take the folder along'),
  shell: absolutePath.optional().describe('login shell'),
  system: z.boolean().default(false).describe('a new user gets a number of the system’s range'),
  password: passwordHash.optional().describe("hash of the password: secret('$6$…')"),
  updatePassword: z
    .enum(['always', 'onCreate'])
    .default('always')
    .describe('onCreate: a password that the user changed stays'),
  locked: z.boolean().optional().describe('whether logging in with the password is barred'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it is to be there'),
  remove: z.boolean().default(false).describe('with absent: home folder and mail too'),
});

export type UserWant = z.output<typeof args>;
