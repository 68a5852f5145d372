import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { block } from '../../../engine/dsl/declare.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { fail } from '../../../engine/modules/control/fail.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Enters and leaves a folder, and writes down how many were in it. */
const crowd = (on: Fleet, host: string) => `
mkdir -p ${on.path('in')}; touch ${on.path('in', host)}; sleep 0.15
ls ${on.path('in')} | wc -l >> ${on.path('log')}; rm ${on.path('in', host)}`;

const mostAtOnce = async (on: Fleet) => Math.max(...(await logOf(on)).map(Number));

describe('how many hosts at once', () => {
  it('is bounded by forks', async () => {
    const on = await fleet(letters);
    await on.run(
      playOf((host) => [shell('crowd', crowd(on, host))]),
      { forks: 2 },
    );
    expect(await logOf(on)).toHaveLength(6);
    expect(await mostAtOnce(on)).toBe(2);
  });

  it('is more without such a bound', async () => {
    const on = await fleet(letters);
    await on.run(
      playOf((host) => [shell('crowd', crowd(on, host))]),
      { forks: 6 },
    );
    expect(await mostAtOnce(on)).toBeGreaterThan(2);
  });

  it('is bounded by a task’s throttle', async () => {
    const on = await fleet(letters.slice(0, 4));
    await on.run(playOf((host) => [shell('crowd', crowd(on, host), { throttle: 1 })]));
    expect(await logOf(on)).toEqual(['1', '1', '1', '1']);
    expect(await readdir(on.path('in'))).toEqual([]);
  });
});

describe('a free play', () => {
  it('lets a host go on while another is still at the first step', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { delay: 150 });
    await on.run(
      playOf((host) => [append(on, 'one', `one ${host}`), append(on, 'two', `two ${host}`)], {
        strategy: 'free',
      }),
    );
    expect(await logOf(on)).toEqual(['one a', 'two a', 'one b', 'two b']);
  });
});

describe('a linear play', () => {
  it('lets a step that changes nothing wait for nobody', async () => {
    const on = await fleet(['a', 'b']);
    const site = playOf((host) => [
      copy('conf', { content: 'x', dest: on.path(`conf ${host}`) }),
      debug('said', { message: host }),
    ]);
    await on.run(site);
    on.link('b', { delay: 200 });
    const ran = await on.run(site);
    expect(ran.lines).toEqual(['a conf: ok', 'a said: ok', 'b conf: ok', 'b said: ok']);
  });
});

describe('a play that ends for all', () => {
  const failing = (hosts: readonly string[]) => (host: string) =>
    hosts.includes(host) ? [fail('broken', { message: 'no' })] : [];

  it('with anyErrorsFatal ends at the first failed host', async () => {
    const on = await fleet();
    const ran = await on.run(
      playOf((host) => [...failing(['b'])(host), append(on, 'after', host)], {
        anyErrorsFatal: true,
      }),
    );
    expect(await logOf(on)).toEqual([]);
    expect(ran.exitCode).toBe(2);
    const end = ran.events.find((event) => event.event === 'play-end');
    expect(end).toMatchObject({ aborted: 'b failed, and anyErrorsFatal is set' });
  });

  it('with anyErrorsFatal ends at an unreachable host, and later plays do not run', async () => {
    const on = await fleet();
    on.link('b', { refuse: 'gone' });
    const ran = await on.run([
      playOf((host) => [append(on, 'after', host)], { anyErrorsFatal: true }),
      playOf((host) => [append(on, 'later', host)], { name: 'next' }),
    ]);
    expect(await logOf(on)).toEqual([]);
    expect(ran.exitCode).toBe(4);
  });

  it('with maxFailPercentage ends when more hosts failed, not when as many did', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    const site = (broken: readonly string[]) =>
      playOf((host) => [...failing(broken)(host), append(on, 'after', host)], {
        maxFailPercentage: 25,
      });
    const one = await on.run(site(['a']));
    expect((await logOf(on)).toSorted()).toEqual(['b', 'c', 'd']);
    expect(one.exitCode).toBe(2);
    await on.run(site(['a', 'b']));
    expect(await logOf(on)).toHaveLength(3);
  });

  it('with maxFailPercentage does not count hosts that cannot be reached', async () => {
    const on = await fleet();
    on.link('b', { refuse: 'gone' });
    const ran = await on.run(
      playOf((host) => [append(on, 'after', host)], { maxFailPercentage: 0 }),
    );
    expect((await logOf(on)).toSorted()).toEqual(['a', 'c']);
    expect(ran.exitCode).toBe(4);
  });

  it('a failed host takes part in no later play', async () => {
    const on = await fleet(['a', 'b']);
    await on.run([
      playOf(failing(['a'])),
      playOf((host) => [append(on, 'later', host)], { name: 'next' }),
    ]);
    expect(await logOf(on)).toEqual(['b']);
  });
});

describe('options that choose the steps', () => {
  it('startAtTask starts within a block', async () => {
    const on = await fleet(['a']);

    await on.run(
      playOf(() => [
        append(on, 'one', 'one'),
        block('inner', { tasks: [append(on, 'two', 'two'), append(on, 'three', 'three')] }),
        append(on, 'four', 'four'),
      ]),
      { startAtTask: 'three' },
    );
    expect(await logOf(on)).toEqual(['three', 'four']);
  });

  it('confirm asks before each step: no skips it', async () => {
    const on = await fleet(['a']);
    const asked: string[] = [];
    const ran = await on.run(
      playOf(() => [append(on, 'one', 'one'), append(on, 'two', 'two')]),
      {
        confirm(node) {
          asked.push(node.id);
          return Promise.resolve(node.task.name === 'one' ? 'no' : 'yes');
        },
      },
    );
    expect(asked).toEqual(['site/one', 'site/two']);
    expect(ran.lines).toEqual(['a one: skipped', 'a two: changed']);
  });
});
