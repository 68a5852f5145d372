/** How a user comes into being or becomes what is wanted. */
import { StepError } from '../../../errors.ts';
import type { Difference } from '../../../module/plan.ts';
import {
  passwordDigest,
  type GroupAccount,
  type UserAccount,
} from '../../../readers/accounts/account.ts';
import { reveal } from '../../../secrets/secret.ts';
import { joinScripts, type Script } from '../../../shell/script.ts';
import {
  addUser,
  changeGroups,
  changeUser,
  lockPassword,
  makeHome,
  setPassword,
} from '../shared/script.ts';
import type { UserWant } from './arguments.ts';

export interface UserChange {
  readonly differences: readonly Difference[];
  readonly script: Script;
  readonly after: UserAccount;
}

/** @param namesake a group of the user's name, which then is the primary one */
export function createUser(want: UserWant, namesake: GroupAccount | undefined): UserChange {
  const group = want.group ?? namesake?.name;
  const groups = sorted(want.groups ?? []).filter((one) => one !== group);
  const createHome = want.createHome ?? !want.system;
  const home = want.home ?? `/home/${want.name}`;
  const hash = want.password && reveal(want.password);
  const locked = want.locked ?? hash === undefined;
  return {
    differences: [
      { what: 'user', from: 'absent', to: 'present' },
      ...(groups.length === 0 ? [] : [{ what: 'groups', from: '', to: groups.join(', ') }]),
    ],
    script: joinScripts([
      addUser({ ...want, group, groups, createHome }),
      ...(hash === undefined ? [] : [setPassword(want.name, hash)]),
      ...(want.locked === true ? [lockPassword(want.name, true)] : []),
      ...(want.locked === false && hash === undefined ? [lockPassword(want.name, false)] : []),
    ]),
    after: {
      name: want.name,
      uid: want.uid ?? -1,
      gid: namesake?.gid ?? -1,
      group: group ?? want.name,
      groups,
      comment: want.comment ?? '',
      home,
      homeExists: createHome,
      shell: want.shell ?? '',
      password: { readable: true, locked, digest: passwordDigest(hash ?? '') },
    },
  };
}

export function updateUser(want: UserWant, now: UserAccount): UserChange {
  const differences: Difference[] = [];
  const changed = <V extends string | number>(what: string, from: V, to: V | undefined) => {
    if (to === undefined || from === to) return undefined;
    differences.push({ what, from, to });
    return to;
  };
  const fields = {
    uid: changed('uid', now.uid, want.uid),
    group: changed('group', now.group, want.group),
    comment: changed('comment', now.comment, want.comment),
    home: changed('home', now.home, want.home),
    shell: changed('shell', now.shell, want.shell),
  };
  const group = want.group ?? now.group;
  const wanted = sorted([...(want.groups ?? []), ...(want.append ? now.groups : [])]);
  const groups = want.groups === undefined ? now.groups : wanted.filter((one) => one !== group);
  changed('groups', now.groups.join(', '), groups.join(', '));
  const home = want.home ?? now.home;
  const moves = fields.home !== undefined && want.moveHome && now.homeExists;
  const hasHome = fields.home === undefined ? now.homeExists : moves;
  const makes = want.createHome === true && !hasHome;
  if (makes) differences.push({ what: 'home folder', from: 'absent', to: home });
  const password = passwordChange(want, now);
  differences.push(...password.differences);
  return {
    differences,
    script: joinScripts(
      [
        changeUser(want.name, { ...fields, moveHome: moves }),
        sameList(groups, now.groups)
          ? undefined
          : changeGroups(want.name, groups, minus(groups, now.groups), minus(now.groups, groups)),
        makes ? makeHome(want.name, home) : undefined,
        ...password.scripts,
      ].filter((script) => script !== undefined),
    ),
    after: {
      ...now,
      uid: want.uid ?? now.uid,
      group,
      groups,
      comment: want.comment ?? now.comment,
      home,
      homeExists: hasHome || makes,
      shell: want.shell ?? now.shell,
      password: password.after,
    },
  };
}

function passwordChange(want: UserWant, now: UserAccount) {
  const hash = want.password && reveal(want.password);
  const wanted = want.updatePassword === 'always' ? hash : undefined;
  const differences: Difference[] = [];
  const scripts: Script[] = [];
  if (wanted === undefined && want.locked === undefined) {
    return { differences, scripts, after: now.password };
  }
  const is = now.password;
  if (!is.readable) {
    throw new StepError(`the password of ${now.name} cannot be read`, { hint: 'set become' });
  }
  const sets = wanted !== undefined && passwordDigest(wanted) !== is.digest;
  if (sets) {
    differences.push({ what: 'password', from: '***', to: '***', secret: true });
    scripts.push(setPassword(want.name, wanted));
  }
  // chpasswd writes the hash without a lock.
  const locked = sets ? false : is.locked;
  if (want.locked !== undefined && want.locked !== is.locked) {
    differences.push({ what: 'locked', from: is.locked, to: want.locked });
  }
  const lock = want.locked ?? is.locked;
  if (lock !== locked) scripts.push(lockPassword(want.name, lock));
  return {
    differences,
    scripts,
    after: {
      readable: true as const,
      locked: lock,
      digest: sets ? passwordDigest(wanted) : is.digest,
    },
  };
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
const minus = (all: readonly string[], without: readonly string[]) =>
  all.filter((one) => !without.includes(one));
const sameList = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
