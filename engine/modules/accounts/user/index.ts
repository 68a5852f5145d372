/** Users of the host. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { becoming } from '../../../module/becoming.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, predict, same, unpredictable, type Plan } from '../../../module/plan.ts';
import { absent, value } from '../../../module/reader.ts';
import type { References } from '../../../module/reference.ts';
import { groupId, userId } from '../../../readers/accounts/account-id.ts';
import {
  groupNamed,
  userNamed,
  type GroupAccount,
  type UserAccount,
} from '../../../readers/accounts/account.ts';
import { home } from '../../../readers/accounts/home.ts';
import { absolutePath } from '../../shared/argument.ts';
import { freeNumber, groupReference } from '../../shared/account-references.ts';
import { accountName, passwordHash } from '../../shared/account-argument.ts';
import { removeUser } from '../shared/script.ts';
import { predictGroupId, predictUserId, touchedAccounts } from '../shared/touches.ts';
import { createUser, updateUser } from './changes.ts';

const args = z.strictObject({
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

export interface UserResult {
  readonly name: string;
  /** -1 for a user that is not there, or that check cannot number. */
  readonly uid: number;
  readonly group: string;
  readonly groups: readonly string[];
  readonly home: string;
  readonly shell: string;
}

export const user = defineModule({
  name: 'user',
  summary: 'Keeps a user of the host, its groups and its password.',
  args,
  example: `user('deploy', { name: 'deploy', groups: ['docker'], append: true, shell: '/bin/bash' });`,
  returns: {
    name: 'login name',
    uid: 'its number; -1 where it has none (yet)',
    group: 'primary group',
    groups: 'further groups, sorted',
    home: 'home folder',
    shell: 'login shell',
  },
  mistakes,
  refers: refersOf,
  reads: (want: UserWant) => ({ user: userNamed(want.name), group: groupNamed(want.name) }),
  plan: planUser,
});

/** Groups that must be there, and a number that must be free. */
function refersOf(want: UserWant): References {
  const groups = [...(want.group === undefined ? [] : [want.group]), ...(want.groups ?? [])];
  const named = groups.map((name) => [`group ${name}`, groupReference(name)] as const);
  return {
    ...Object.fromEntries(named),
    ...(want.uid !== undefined && { uid: freeNumber(userId(want.uid), want.name) }),
  };
}

function mistakes(want: UserWant): readonly string[] {
  const found: string[] = [];
  const fields = [want.uid, want.group, want.groups, want.comment, want.home, want.shell];
  const given = [...fields, want.password, want.locked].some((field) => field !== undefined);
  if (want.state === 'absent' && given) found.push('state absent takes only name and remove');
  if (want.state === 'present' && want.remove) found.push('remove goes with state absent');
  if (want.append && want.groups === undefined) found.push('append needs groups');
  return found;
}

function planUser(
  want: UserWant,
  is: { readonly user: UserAccount | undefined; readonly group: GroupAccount | undefined },
  on: PlanContext,
): Plan<UserResult> {
  const now = is.user;
  if (want.state === 'absent') {
    return now === undefined ? same(gone(want)) : remove(want, now, is.group, on);
  }
  const { differences, script, after } =
    now === undefined ? createUser(want, is.group) : updateUser(want, now);
  if (differences.length === 0) return same(resultOf(after));
  const own = now === undefined && want.group === undefined && is.group === undefined;
  const homes = now === undefined || now.home !== after.home || !now.homeExists ? [after.home] : [];
  return change({
    differences,
    script,
    after: [
      predict(userNamed(want.name), value(after)),
      ...(now === undefined ? [predict(becoming(want.name), value(true))] : []),
      ...(homes.length === 0 ? [] : [unpredictable(home({ user: want.name }))]),
      ...predictUserId(want.name, now?.uid, after.uid),
      ...(own
        ? [
            predict(groupNamed(want.name), value({ name: want.name, gid: -1, members: [] })),
            ...predictGroupId(want.name, undefined, -1),
          ]
        : []),
    ],
    touches: touchedAccounts(
      on.check,
      [...homes, ...(now?.home === after.home ? [] : [now?.home ?? ''])].filter(
        (path) => path !== '',
      ),
      want.name,
    ),
    result: resultOf(after),
  });
}

function remove(
  want: UserWant,
  now: UserAccount,
  namesake: GroupAccount | undefined,
  on: PlanContext,
): Plan<UserResult> {
  // userdel may take the user's own group along: login.defs decides.
  const own = namesake !== undefined && namesake.gid === now.gid;
  return change({
    differences: [{ what: 'user', from: 'present', to: 'absent' }],
    script: removeUser(want.name, want.remove),
    after: [
      predict(userNamed(want.name), absent),
      predict(home({ user: want.name }), absent),
      predict(becoming(want.name), absent),
      ...predictUserId(want.name, now.uid, undefined),
      ...(own ? [unpredictable(groupNamed(want.name)), unpredictable(groupId(want.name))] : []),
    ],
    touches: touchedAccounts(on.check, want.remove ? [now.home] : [], want.name),
    result: gone(want),
  });
}

const gone = (want: UserWant): UserResult => ({
  name: want.name,
  uid: -1,
  group: '',
  groups: [],
  home: '',
  shell: '',
});

const resultOf = ({ name, uid, group, groups, home, shell }: UserAccount): UserResult => ({
  name,
  uid,
  group,
  groups,
  home,
  shell,
});
