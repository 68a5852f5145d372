import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play, role } from '../../engine/dsl/declare.ts';
import { z } from 'zod';
import { copy } from '../../engine/modules/copy.ts';
import { fail } from '../../engine/modules/fail.ts';
import { fleet, type Fleet } from './harness.ts';
import { append, logOf, playOf, shell } from './steps.ts';

const messages = (events: readonly { readonly event: string }[]) =>
  events.flatMap((event) => (event.event === 'message' && 'text' in event ? [event.text] : []));

/** A role with a flush, and behind it a node whose handler refuses a bad setting. */
const site = (on: Fleet, setting: string) => {
  const proxy = role({
    name: 'proxy',
    vars: z.strictObject({}),
    *tasks() {
      const reload = handler(append(on, 'reload', 'reload'));
      yield append(on, 'proxy', 'proxy', { notify: reload });
      yield flushHandlers();
    },
  });
  const node = role({
    name: 'node',
    vars: z.strictObject({}),
    *tasks() {
      const conf = on.path('conf');
      const works = shell('works', `grep -qx good ${conf}`);
      const roll = handler(
        block('roll', { tasks: [append(on, 'restart', 'restart'), works] }, { throttle: 1 }),
      );
      yield copy('conf', { content: `${setting}\n`, dest: conf }, { notify: roll });
      yield append(on, 'behind', 'behind');
    },
  });
  return play({ name: 'nodes', hosts: 'web', roles: [proxy, node] });
};

describe('a pending handler', () => {
  it('runs behind the step that mends what it failed of, not at a flush before it', async () => {
    const on = await fleet(['a']);
    expect((await on.run(site(on, 'bad'))).exitCode).toBe(2);
    const mended = await on.run(site(on, 'good'));
    expect(mended.lines).toEqual([
      'a proxy: changed',
      'a reload: changed',
      'a conf: changed',
      'a behind: changed',
      'a restart: changed',
      'a works: changed',
    ]);
    expect(mended.exitCode).toBe(0);
    const again = await on.run(site(on, 'good'));
    expect(again.outcome('a', 'restart')).toBeUndefined();
  });

  it('runs at the first flush behind the last step that could notify it', async () => {
    const on = await fleet(['a']);
    const plays = (broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield copy('one', { content: 'x', dest: on.path('one') }, { notify: bang });
        if (broken) yield fail('broken', { message: 'no' });
        yield flushHandlers('early');
        yield copy('two', { content: 'x', dest: on.path('two') }, { notify: bang });
        yield append(on, 'between', 'between');
        yield flushHandlers('late');
        yield append(on, 'last', 'last');
      });
    await on.run(plays(true));
    await on.run(plays(false));
    expect(await logOf(on)).toEqual(['between', 'bang', 'last']);
  });

  it('runs once where a step of this run notifies it before a flush too', async () => {
    const on = await fleet(['a']);
    const plays = (content: string, broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield copy('one', { content, dest: on.path('one') }, { notify: bang });
        if (broken) yield fail('broken', { message: 'no' });
        yield flushHandlers();
        yield copy('two', { content: 'x', dest: on.path('two') }, { notify: bang });
      });
    await on.run([plays('x', false)]);
    await on.run([plays('y', true)]);
    await on.run([plays('z', false)]);
    expect(await logOf(on)).toEqual(['bang', 'bang', 'bang']);
  });

  it('waits for a handler that may notify it', async () => {
    const on = await fleet(['a']);
    const plays = (setting: string) =>
      playOf(function* () {
        const conf = on.path('conf');
        const check = handler(shell('check', `grep -qx good ${conf}`));
        const write = handler(
          copy('write', { content: `${setting}\n`, dest: conf }, { notify: check }),
        );
        yield append(on, 'x', 'x', { notify: write });
      });
    expect((await on.run(plays('bad'))).exitCode).toBe(2);
    expect((await on.run(plays('good'))).exitCode).toBe(0);
  });

  it('runs at the end of the play where no selected step could notify it', async () => {
    const on = await fleet(['a']);
    const plays = (broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        const dest = on.path('conf');
        yield copy('conf', { content: 'x', dest }, { notify: bang, tags: ['conf'] });
        if (broken) yield fail('broken', { message: 'no' });
        yield append(on, 'other', 'other', { tags: ['other'] });
      });
    await on.run(plays(true));
    await on.run(plays(false), { tags: ['other'] });
    expect(await logOf(on)).toEqual(['other', 'bang']);
  });

  it('stays pending where the step before it fails again, also with forced handlers', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const plays = play({
      name: 'nodes',
      hosts: 'web',
      *tasks() {
        yield fail('broken', { message: 'no' });
      },
      roles: [],
    });
    await on.run(plays, { forceHandlers: true });
    expect((await on.run(site(on, 'good'))).outcome('a', 'works')).toBe('changed');
  });

  it('is forgotten when the run is told so, and check forgets nothing', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const checked = await on.run(site(on, 'bad'), { forgetPending: true, check: true });
    expect(checked.outcome('a', 'works')).toBeUndefined();
    const forgets = await on.run(site(on, 'bad'), { forgetPending: true });
    expect(messages(forgets.events)).toContain('pending handlers forgotten: nodes/node/roll');
    expect(forgets.exitCode).toBe(0);
    expect((await on.run(site(on, 'bad'))).outcome('a', 'works')).toBeUndefined();
  });

  it('whose name is gone from the play is warned of until it is forgotten', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const renamed = playOf(() => [append(on, 'x', 'x')], { name: 'nodes' });
    const ran = await on.run(renamed);
    expect(messages(ran.events)).toEqual([
      'pending from an earlier run, but no handler of this play any more: nodes/node/roll; --forget-pending drops it',
    ]);
    expect(messages((await on.run(renamed, { forgetPending: true })).events)).toEqual([
      'pending handlers forgotten: nodes/node/roll',
    ]);
    expect(messages((await on.run(renamed)).events)).toEqual([]);
  });
});
