/** Plays that keep their meaning in parts, and why others do not. */
import { describe, expect, it } from 'vitest';
import { block, each, handler, play } from '../../../engine/dsl/declare.ts';
import type { PlayDefinition } from '../../../engine/dsl/play.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { local } from '../../../engine/modules/commands/local.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { addHost } from '../../../engine/modules/control/add-host.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { endBatch } from '../../../engine/modules/control/end-batch.ts';
import { endHost } from '../../../engine/modules/control/end-host.ts';
import { endPlay } from '../../../engine/modules/control/end-play.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { waitFor } from '../../../engine/modules/network/wait-for.ts';
import { selectSteps } from '../../../engine/plan/select.ts';
import { whyAllHosts } from '../../../engine/plan/shard/needs-all-hosts.ts';
import { collect, threeHosts } from '../inventory.ts';

const runs = (options: Parameters<typeof command>[2] = {}): Step =>
  command('run it', { argv: ['true'] }, options);

async function why(
  tasks: () => readonly Step[],
  of: Partial<PlayDefinition<never>> = {},
  { tags = [], controllers = [] }: { tags?: string[]; controllers?: string[] } = {},
): Promise<readonly string[]> {
  const site = play({ name: 'site', hosts: 'web', tasks, ...of });
  const [plan] = selectSteps(collect(site, await threeHosts()), {
    tags,
    skipTags: [],
    startAtTask: undefined,
  });
  if (!plan) throw new Error('no plan');
  return whyAllHosts(plan, new Set(['localhost', ...controllers])).map(({ text }) => text);
}

describe('a play means the same in parts where each host does its own', () => {
  const asked = query('ask', { argv: ['true'] });
  it.each<[string, () => readonly Step[]]>([
    ['a command', () => [runs()]],
    ['a handler', () => [runs({ notify: handler(command('restart', { argv: ['true'] })) })]],
    [
      'a result of its own',
      () => [asked, debug('say', { message: (run) => run.result(asked).stdout })],
    ],
    [
      'facts of its own',
      () => [debug('say', { message: (run) => run.factsOf(run.host).hostname })],
    ],
    ['an end of its own', () => [endHost('leave', {})]],
    [
      'a wait for it from here',
      () => [waitFor('up', { port: 80, host: 'a' }, { on: 'localhost' })],
    ],
    [
      'a block with a rescue',
      () => [block('b', { tasks: [runs()], rescue: [debug('d', { message: '' })] })],
    ],
  ])('%s', async (_, tasks) => {
    expect(await why(tasks)).toEqual([]);
  });
});

describe('a play needs all hosts together', () => {
  it.each<[string, Partial<PlayDefinition<never>>]>([
    ['it has serial', { serial: 1 }],
    ['it has maxFailPercentage', { maxFailPercentage: 30 }],
    ['it has anyErrorsFatal', { anyErrorsFatal: true }],
  ])('%s', async (text, of) => {
    expect(await why(() => [runs()], of)).toEqual([text]);
  });

  const asked = query('ask', { argv: ['true'] });
  it.each<[string, () => readonly Step[]]>([
    ["'run it' has runOnce", () => [runs({ runOnce: true })]],
    ["'run it' has throttle", () => [runs({ throttle: 2 })]],
    ["'roll' has throttle", () => [block('roll', { tasks: [runs()] }, { throttle: 1 })]],
    ["'roll' has rolling", () => [block('roll', { tasks: [runs()] }, { rolling: true })]],
    [
      "'roll' has rolling",
      () => [
        debug(
          'd',
          { message: '' },
          {
            notify: handler(block('roll', { tasks: [runs()] }, { rolling: true })),
          },
        ),
      ],
    ],
    ["'run it' is done on another host (on)", () => [runs({ on: 'b' })]],
    ["'run it' is done on another host (on)", () => [runs({ on: (run) => run.host })]],
    ["'run it' is done on another host (on)", () => [runs({ on: 'localhost' })]],
    [
      "'say' reads what b says or did",
      () => [debug('say', { message: (run) => run.factsOf('b').hostname })],
    ],
    [
      "'say' reads what b says or did",
      () => [debug('say', { message: (run) => `${run.tryFactsOf('b')?.hostname}` })],
    ],
    [
      "'say' reads what b says or did",
      () => [asked, debug('say', { message: (run) => run.resultOf('b', asked).stdout })],
    ],
    [
      "'get' is fetch, whose work stays on the controller",
      () => [fetch('get', { src: '/etc/hostname', dest: '/tmp/x/' })],
    ],
    [
      "'here' is local, whose work stays on the controller",
      () => [local('here', { do: () => async () => 1 })],
    ],
    ["'stop' ends the play for all hosts", () => [endPlay('stop', {})]],
    ["'stop' ends the play for all hosts", () => [endBatch('stop', {})]],
    [
      "'loop' has steps that only the run tells (each)",
      () => [
        each(
          'loop',
          () => ['a'],
          (item) => [debug(item, { message: item })],
        ),
      ],
    ],
    [
      "'more' adds to the inventory of later plays",
      () => [addHost('more', { name: 'd', groups: [] })],
    ],
  ])('%s: %#', async (text, tasks) => {
    expect(await why(tasks)).toContain(text);
  });

  it("it has steps that only facts tell (gather: 'first')", async () => {
    const site = play({
      name: 'site',
      hosts: 'web',
      gather: 'first',
      tasks: ({ facts }) => [debug('say', { message: facts.hostname })],
    });
    const [plan] = collect(site, await threeHosts());
    const reasons = plan && whyAllHosts(plan, new Set()).map(({ text }) => text);
    expect(reasons).toEqual(["it has steps that only facts tell (gather: 'first')"]);
  });

  it('it is for the machine of the run itself', async () => {
    const [text] = await why(() => [runs()], {}, { controllers: ['b'] });
    expect(text).toBe('it is for b, which in each part is a machine of its own');
  });
});

it('a step that no tag selects is no reason', async () => {
  const tasks = () => [runs({ runOnce: true }), debug('say', { message: '' }, { tags: ['t'] })];
  expect(await why(tasks, {}, { tags: ['t'] })).toEqual([]);
});
