import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play } from '../../engine/dsl/declare.ts';
import type { Context } from '../../engine/dsl/task.ts';
import type { Options, Run, Step, Task } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { tasksOf } from '../../engine/plan/nodes.ts';
import { resultReads } from '../../engine/plan/result-reads.ts';
import { collect, refusal, threeHosts } from './inventory.ts';

const say = (name: string, options: Options = {}) => debug(name, { message: name }, options);
const playOf = (tasks: (context: Context<unknown>) => Iterable<Step>) =>
  play({ name: 'site', hosts: 'web', tasks });

/** Keys of a host's places with their positions. */
async function positionsOf(tasks: (context: Context<unknown>) => Iterable<Step>, host = 'a') {
  const [plan] = collect(playOf(tasks), await threeHosts());
  const found = plan?.hosts.find((each) => each.host === host);
  return [...(found?.positions ?? [])];
}

describe('every step has a place of its own', () => {
  it('in a block, behind it: tasks, then rescue, then always', async () => {
    const places = await positionsOf(() => [
      block('b', { tasks: [say('one')], rescue: [say('two')], always: [say('three')] }),
      say('four'),
    ]);
    expect(places).toEqual([
      ['site/block b', 0],
      ['site/one', 1],
      ['site/two', 2],
      ['site/three', 3],
      ['site/four', 4],
      ['site/end of play', 5],
    ]);
  });

  it('as a handler, once behind each flush', async () => {
    const places = await positionsOf(function* () {
      const restart = handler(command('restart', { argv: ['true'] }));
      yield command('change', { argv: ['true'] }, { notify: restart });
      yield flushHandlers('now');
    });
    expect(places).toEqual([
      ['site/change', 0],
      ['site/flush 1 now', 1],
      ['site/flush 1 now>site/restart', 2],
      ['site/end of play', 3],
      ['site/end of play>site/restart', 4],
    ]);
  });
});

describe('steps in a different order on another host', () => {
  const swapped =
    (first: () => Step, second: () => Step) =>
    ({ host }: Context<unknown>): Iterable<Step> =>
      host.name === 'b' ? [second(), first()] : [first(), second()];

  it('have no place of their own there, a block neither', async () => {
    const steps = swapped(
      () => say('x'),
      () => block('b', { tasks: [say('y')], rescue: [say('z')] }),
    );
    expect((await positionsOf(steps, 'b')).slice(0, 4)).toEqual([
      ['site/block b', 1],
      ['site/y', 2],
      ['site/z', 3],
      ['site/x', 3],
    ]);
  });

  it('are refused when another host reads the result of one', async () => {
    const inventory = await threeHosts();
    const reading = (read: (run: Run, task: Task<{ readonly stdout: string }>) => string) =>
      refusal(() =>
        collect(
          playOf(function* ({ host }) {
            const x = query('x', { argv: ['true'] });
            yield* host.name === 'b' ? [say('y'), x] : [x, say('y')];
            yield debug('tell', { message: (run) => read(run, x) });
          }),
          inventory,
        ),
      );
    expect(reading((run, x) => run.resultOf('b', x).stdout).message).toContain(
      'has a result that another host reads',
    );
    // Its own it reads in its own order.
    expect(() => reading((run, x) => run.result(x).stdout)).toThrow('nothing was refused');
    expect(() => reading((run, x) => run.resultOf(run.host, x).stdout)).toThrow(
      'nothing was refused',
    );
  });

  it('are refused when a handler of another host reads it', async () => {
    const inventory = await threeHosts();
    const site = playOf(function* ({ host }) {
      const x = query('x', { argv: ['true'] });
      const told = handler(debug('told', { message: (run) => run.resultOf('b', x).stdout }));
      yield* host.name === 'b' ? [say('y'), x] : [x, say('y')];
      yield command('change', { argv: ['true'] }, { notify: told });
    });
    expect(refusal(() => collect(site, inventory)).message).toContain('another host reads');
  });
});

describe('what a step reads of results is found before anything runs', () => {
  const x = query('x', { argv: ['true'] });
  const readsOf = async (options: Options, message: string | ((run: Run) => string) = 'x') => {
    const site = playOf(() => [x, debug('tell', { message }, options)]);
    const [plan] = collect(site, await threeHosts());
    const nodes = [...tasksOf(plan?.hosts[0]?.nodes ?? [])];
    const tell = nodes.find((node) => node.task.name === 'tell');
    return tell ? resultReads(tell, 'a').map(({ task, ...read }) => [task === x, read]) : undefined;
  };
  const own = [true, { host: undefined, optional: false }];

  it.each<[string, Options, string | ((run: Run) => string) | undefined, readonly unknown[]]>([
    ['in an argument', {}, (run) => run.result(x).stdout, [own]],
    ['in a condition', { when: (run) => run.result(x).code === 0 }, undefined, [own]],
    ['in `on`', { on: (run) => run.result(x).stdout }, undefined, [own]],
    ['of the host itself by its name', {}, (run) => run.resultOf('a', x).stdout, [own]],
    [
      'of another host',
      {},
      (run) => run.resultOf('b', x).stdout,
      [[true, { host: 'b', optional: false }]],
    ],
    [
      'where it can do without, and then what it reads instead',
      {},
      (run) => run.tryResult(x)?.stdout ?? run.result(x).stdout,
      [[true, { host: undefined, optional: true }], own],
    ],
    ['not behind facts', {}, (run) => run.facts.os.id + run.result(x).stdout, []],
    ['not behind facts of others', {}, (run) => run.factsOf('b').os.id + run.result(x).stdout, []],
    ['not in check only', {}, (run) => (run.check ? run.result(x).stdout : ''), []],
    ['not in what throws first', {}, () => '', []],
  ])('%s', async (_, options, message, reads) => {
    expect(await readsOf(options, message)).toEqual(reads);
  });
});
