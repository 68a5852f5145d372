/** Groups of the host. */
import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { change, predict, same, type Plan } from '../module/plan.ts';
import { absent, value } from '../module/reader.ts';
import { groupNamed, type GroupAccount } from '../readers/account.ts';
import type { Script } from '../shell/script.ts';
import { addGroup, changeGid, removeGroup } from './account-script.ts';
import { touchedAccounts } from './account-touches.ts';
import { accountName } from './argument-account.ts';

const args = z.strictObject({
  name: accountName.describe('name of the group'),
  gid: z.number().int().min(0).optional().describe('its number; default: the next free one'),
  system: z.boolean().default(false).describe('a new group gets a number of the system’s range'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it is to be there'),
});
type Want = z.output<typeof args>;

export interface GroupResult {
  readonly name: string;
  /** -1 for a group that is not there, or that check cannot number. */
  readonly gid: number;
}

export const group = defineModule({
  name: 'group',
  summary: 'Keeps a group of the host.',
  args,
  example: `group('deployers', { name: 'deploy', gid: 2000 });`,
  returns: { name: 'its name', gid: 'its number; -1 where it has none (yet)' },
  mistakes: (want: Want) =>
    want.state === 'absent' && want.gid !== undefined ? ['state absent takes no gid'] : [],
  reads: (want: Want) => ({ group: groupNamed(want.name) }),
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
        script,
        after: [predict(groupNamed(want.name), after === undefined ? absent : value(after))],
        touches: touchedAccounts(on.check, []),
        result: done(after?.gid ?? -1),
      });
    if (want.state === 'absent') {
      if (now === undefined) return same(done(-1));
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
