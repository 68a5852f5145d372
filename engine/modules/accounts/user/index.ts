/** Users of the host. */
import { defineModule } from '../../../dsl/define-module.ts';
import { byScript } from '../../../module/alteration.ts';
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
import { freeNumber, groupReference } from '../../shared/account-references.ts';
import { removeUser } from '../shared/script.ts';
import { predictGroupId, predictUserId, invalidatedByAccounts } from '../shared/invalidates.ts';
import { createUser, updateUser } from './changes.ts';
import { args, type UserWant } from './arguments.ts';

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
  summary: 'Manages a user of the host, with groups and password.',
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
    alters: [byScript('account', script)],
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
    invalidates: invalidatedByAccounts(
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
    alters: [byScript('account', removeUser(want.name, want.remove))],
    after: [
      predict(userNamed(want.name), absent),
      predict(home({ user: want.name }), absent),
      predict(becoming(want.name), absent),
      ...predictUserId(want.name, now.uid, undefined),
      ...(own ? [unpredictable(groupNamed(want.name)), unpredictable(groupId(want.name))] : []),
    ],
    invalidates: invalidatedByAccounts(on.check, want.remove ? [now.home] : [], want.name),
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
