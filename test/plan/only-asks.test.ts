import { expect, it } from 'vitest';
import { handler, play } from '../../engine/dsl/declare.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { file } from '../../engine/modules/files/file/index.ts';
import { local } from '../../engine/modules/commands/local.ts';
import { stat } from '../../engine/modules/files/stat.ts';
import { onlyAsks } from '../../engine/plan/only-asks.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import { collect, threeHosts } from './inventory.ts';

type Options = Parameters<typeof stat>[2];
const looks = (options: Options = {}): Step => stat('looks', { path: '/etc' }, options);
const says = debug('says', { message: 'x' });
const runs = command('runs', { argv: ['true'] });

it.each<[string, () => readonly Step[], boolean]>([
  ['asks and says', () => [looks(), says], true],
  [
    'describes a state',
    () => [looks(), file('folder', { path: '/srv', state: 'directory' })],
    false,
  ],
  ['does something', () => [looks(), runs], false],
  ['does something on the controller', () => [local('l', { do: () => async () => 1 })], false],
  ['would do it in a handler', () => [looks({ notify: handler(runs) })], false],
  ['does something that no tag selects', () => [looks({ tags: ['t'] }), runs], true],
])('a run that %s: %#', async (_, tasks, expected) => {
  const plans = collect(play({ name: 'p', hosts: 'a', tasks }), await threeHosts());
  const tags = expected && tasks().includes(runs) ? ['t'] : [];
  expect(onlyAsks(selectSteps(plans, { tags, skipTags: [], startAtTask: undefined }))).toBe(
    expected,
  );
});
