/** Groups of the host. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { byScript } from '../../module/alteration.ts';
import type { Known } from '../../module/module.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { absent, value, type Read } from '../../module/reader.ts';
import type { References } from '../../module/reference.ts';
import { groupId, usersOfGroup } from '../../readers/accounts/account-id.ts';
import {
  groupNamed,
  userNamed,
  type GroupAccount,
  type UserAccount,
} from '../../readers/accounts/account.ts';
import type { Script } from '../../shell/script.ts';
import { addGroup, changeGid, removeGroup } from './shared/script.ts';
import { freeNumber } from '../shared/account-references.ts';
import { predictGroupId, invalidatedByAccounts } from './shared/invalidates.ts';
import { accountName } from '../shared/account-argument.ts';

const args = z.strictObject({
  name: accountName.describe('name of the group'),
  gid: z.number().int().min(0).optional().describe('its number; default: the next free one'),
  system: z.boolean().default(false).describe('give a new group a number from the system range'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});
type Want = z.output<typeof args>;

export interface GroupResult {
  readonly name: string;
  /** -1 for a group that is not there, or that check cannot number. */
  readonly gid: number;
}

export const group = defineModule({
  name: 'group',
  summary: 'Manages a group of the host.',
  args,
  example: `group('deployers', { name: 'deploy', gid: 2000 });`,
  returns: { name: 'its name', gid: 'its number; -1 where it has none (yet)' },
  mistakes: (want: Want) =>
    want.state === 'absent' && want.gid !== undefined ? ['state absent takes no gid'] : [],
  refers: (want: Want): References =>
    want.gid === undefined ? {} : { gid: freeNumber(groupId(want.gid), want.name) },
  reads: groupReads,
  plan(want: Want, is, on): Plan<GroupResult> {
    const now = is.group;
    const done = (gid: number) => ({ name: want.name, gid });
    const step = (
      what: string,
      from: unknown,
      to: unknown,
      script: Script,
      after: GroupAccount | undefined,
    ) =>
      change({
        differences: [{ what, from, to }],
        alters: [byScript('account', script)],
        after: [
          predict(groupNamed(want.name), after === undefined ? absent : value(after)),
          ...predictGroupId(want.name, now?.gid, after?.gid),
        ],
        invalidates: invalidatedByAccounts(on.check, []),
        result: done(after?.gid ?? -1),
      });
    if (want.state === 'absent') {
      if (now === undefined) return same(done(-1));
      refuseHeld(want.name, is);
      return step('group', 'present', 'absent', removeGroup(want.name), undefined);
    }
    if (now === undefined) {
      const fresh = { name: want.name, gid: want.gid ?? -1, members: [] };
      const script = addGroup(want.name, want.gid, want.system);
      return step('group', 'absent', 'present', script, fresh);
    }
    if (want.gid === undefined || want.gid === now.gid) return same(done(now.gid));
    const moved = { ...now, gid: want.gid };
    return step('gid', now.gid, want.gid, changeGid(want.name, want.gid), moved);
  },
});

type GroupReads = {
  readonly group: Read<GroupAccount>;
  /** Who has it as primary group, asked where it is to go. */
  readonly users?: Read<readonly string[]>;
  readonly [user: `user ${string}`]: Read<UserAccount>;
};

/** Users that an earlier step removes or moves are asked one by one: they may be gone by then. */
function groupReads(want: Want, known: Known): GroupReads {
  const reads = { group: groupNamed(want.name) };
  if (want.state !== 'absent') return reads;
  const users = usersOfGroup({ group: want.name });
  const answer = known.get(users);
  const names = answer?.answer === 'value' ? answer.value : [];
  const each = names.map((name) => [`user ${name}`, userNamed(name)] as const);
  return { ...reads, users, ...Object.fromEntries(each) };
}

function refuseHeld(
  name: string,
  is: {
    readonly users?: readonly string[] | undefined;
    readonly [user: `user ${string}`]: UserAccount | undefined;
  },
): void {
  const held = (is.users ?? []).find((user) => is[`user ${user}`]?.group === name);
  if (held === undefined) return;
  throw new StepError(`${name} is the primary group of ${held}`, {
    hint: `give ${held} another group first, or remove the user`,
  });
}
