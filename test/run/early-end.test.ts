import { describe, expect, it } from 'vitest';
import { block } from '../../engine/dsl/declare.ts';
import type { PlayDefinition } from '../../engine/dsl/play.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { endPlay } from '../../engine/modules/control/end-play.ts';
import { fail } from '../../engine/modules/control/fail.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { stat } from '../../engine/modules/files/stat.ts';
import { fleet, type Fleet } from './harness.ts';
import { append, logOf, playOf, shell } from './steps.ts';

const say = (on: Fleet, name: string, host: string) => append(on, name, `${name} ${host}`);

/** Drains, fails on the given hosts, goes up; undrains in any case. */
const rolled = (on: Fleet, host: string, failing: readonly string[]) =>
  block('work', {
    tasks: [
      say(on, 'drain', host),
      ...(failing.includes(host) ? [fail('broken', { message: 'no' })] : []),
      say(on, 'up', host),
      say(on, 'more', host),
    ],
    always: [say(on, 'undrain', host)],
  });

const sorted = async (on: Fleet) => (await logOf(on)).toSorted();

type More = Partial<PlayDefinition<never>>;
const limits: readonly (readonly [string, More])[] = [
  ['anyErrorsFatal', { anyErrorsFatal: true }],
  ['maxFailPercentage', { maxFailPercentage: 0 }],
];

describe('a failure that nothing can rescue', () => {
  it.each(limits)('ends the play with %s where it happens, within a block', async (_, more) => {
    const on = await fleet();
    const ran = await on.run(playOf((host) => [rolled(on, host, ['b'])], more));
    const all = ['drain a', 'drain b', 'drain c', 'undrain a', 'undrain b', 'undrain c'];
    expect(await sorted(on)).toEqual(all);
    expect(ran.exitCode).toBe(2);
    expect(ran.recap('a')?.failed).toBe(0);
  });

  it('ends it before the others of a batch go on, and later batches do not begin', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const site = playOf((host) => [rolled(on, host, ['a'])], { serial: 2, anyErrorsFatal: true });
    const ran = await on.run(site);
    expect(await sorted(on)).toEqual(['drain a', 'drain b', 'undrain a', 'undrain b']);
    const end = ran.events.find((event) => event.event === 'play-end');
    expect(end).toMatchObject({ aborted: 'a failed, and anyErrorsFatal is set' });
  });

  it('is none within a block that has a rescue, however deep it stands', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(
        (host) => [
          block('outer', { tasks: [rolled(on, host, ['a'])], rescue: [say(on, 'saved', host)] }),
          say(on, 'after', host),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect(ran.exitCode).toBe(0);
    expect(await logOf(on)).toEqual(expect.arrayContaining(['saved a', 'after a', 'after b']));
  });

  it('is one that happens in the outermost rescue, or in its always', async () => {
    for (const part of ['rescue', 'always'] as const) {
      const on = await fleet(['a', 'b']);
      const broken = [fail('again', { message: 'no' })];
      const parts = (host: string) =>
        host === 'a'
          ? { tasks: [fail('first', { message: 'no' })], rescue: [], [part]: broken }
          : { tasks: [say(on, 'one', host), say(on, 'two', host), say(on, 'three', host)] };
      const ran = await on.run(
        playOf((host) => [block('b', parts(host)), say(on, 'after', host)], {
          anyErrorsFatal: true,
        }),
      );
      expect(ran.exitCode).toBe(2);
      expect(await logOf(on)).not.toContain('after b');
    }
  });
});

describe('a play that ends early', () => {
  it('runs the always of a host that is within a block of a free play', async () => {
    const on = await fleet();
    await on.run(
      playOf(
        (host) => [
          block('work', {
            tasks: [
              say(on, 'drain', host),
              shell('v', `sleep ${host === 'a' ? 1 : 0}; [ ${host} != b ]`),
              say(on, 'up', host),
            ],
            always: [say(on, 'undrain', host)],
          }),
        ],
        { strategy: 'free', anyErrorsFatal: true },
      ),
    );
    expect(await logOf(on)).toContain('undrain a');
    expect(await logOf(on)).not.toContain('up a');
  });

  it('runs it where the step that failed stands outside of the block', async () => {
    const on = await fleet();
    await on.run(
      playOf(
        (host): readonly Step[] =>
          host === 'a'
            ? [say(on, 'drain', host), fail('broken', { message: 'no' })]
            : [rolled(on, host, [])],
        { anyErrorsFatal: true },
      ),
    );
    const log = await logOf(on);
    expect(log).toEqual(expect.arrayContaining(['undrain b', 'undrain c']));
    expect(log.filter((line) => line.startsWith('more'))).toEqual([]);
  });

  it('runs the always of every block around, also where one of them fails', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(
        (host) => [
          block('outer', {
            tasks: [
              block('inner', {
                tasks: [
                  say(on, 'in', host),
                  ...(host === 'a' ? [fail('broken', { message: 'no' })] : []),
                  say(on, 'not reached', host),
                ],
                always: [shell('clean', `[ ${host} != b ]`), say(on, 'inner', host)],
              }),
            ],
            rescue: [],
            always: [say(on, 'outer', host)],
          }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    const cleaned = (await sorted(on)).filter((line) => !line.startsWith('in '));
    expect(cleaned).toEqual(['inner a', 'outer a', 'outer b']);
    expect(ran.recap('b')?.failed).toBe(1);
  });

  it('leaves an always alone that no step of the block led to', async () => {
    const on = await fleet(['a', 'b']);
    await on.run(
      playOf(
        (host) => [
          ...(host === 'a' ? [fail('broken', { message: 'no' })] : []),
          block('b', { tasks: [say(on, 'in', host)], always: [say(on, 'always', host)] }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect(await logOf(on)).toEqual([]);
  });

  it('leaves it alone in a block behind the step that ended the play: there hosts only read ahead', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf((host) => [
        command('slow', { argv: ['sleep', host === 'a' ? '0.5' : '0'], invalidates: {} }),
        endPlay('enough', {}, { when: (run) => run.host === 'a' }),
        block('b', {
          tasks: [stat('seen', { path: on.path('log') }), say(on, 'in', host)],
          always: [say(on, 'always', host)],
        }),
      ]),
    );
    expect(ran.exitCode).toBe(0);
    expect(await logOf(on)).toEqual([]);
  });

  it('lets an always that runs already come to its end', async () => {
    const on = await fleet(['a', 'b']);
    await on.run(
      playOf(
        (host) => [
          block('b', {
            tasks: [say(on, 'in', host)],
            always: [
              shell('first', host === 'a' ? 'sleep 0.5' : 'exit 1'),
              say(on, 'second', host),
              say(on, 'third', host),
            ],
          }),
          say(on, 'after', host),
        ],
        { strategy: 'free', anyErrorsFatal: true },
      ),
    );
    expect((await logOf(on)).slice(2)).toEqual(['second a', 'third a']);
  });

  it('rescues nothing any more', async () => {
    const on = await fleet(['a', 'b']);
    const begun = on.path('begun');
    const scripts: Record<string, string> = {
      a: `touch ${begun}; sleep 1; exit 1`,
      b: `while [ ! -e ${begun} ]; do sleep 0.05; done; exit 1`,
    };
    const ran = await on.run(
      playOf(
        (host) => [
          block('b', {
            tasks: [say(on, 'in', host), shell('v', scripts[host] ?? '')],
            ...(host === 'a' ? { rescue: [say(on, 'rescue', host)] } : {}),
            always: [say(on, 'always', host)],
          }),
        ],
        { strategy: 'free', anyErrorsFatal: true },
      ),
    );
    expect((await sorted(on)).slice(0, 2)).toEqual(['always a', 'always b']);
    expect(await logOf(on)).not.toContain('rescue a');
    expect(ran.recap('a')).toMatchObject({ failed: 1, rescued: 0 });
  });

  it('lets a rescue within an always do its work', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(
        (host) => [
          block('b', {
            tasks: [
              say(on, 'in', host),
              ...(host === 'a' ? [fail('broken', { message: 'no' })] : []),
              say(on, 'up', host),
            ],
            always: [
              block('clean', {
                tasks: [shell('first', 'exit 1')],
                rescue: [say(on, 'otherwise', host)],
              }),
            ],
          }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect((await sorted(on)).slice(2)).toEqual(['otherwise a', 'otherwise b']);
    expect(ran.recap('b')).toMatchObject({ failed: 0, rescued: 1 });
  });

  it('ends once where two hosts fail at the same step', async () => {
    const on = await fleet();
    const ran = await on.run(
      playOf((host) => [rolled(on, host, ['a', 'b'])], { maxFailPercentage: 50 }),
    );
    expect((await sorted(on)).slice(3)).toEqual(['undrain a', 'undrain b', 'undrain c']);
    const ends = ran.events.filter((event) => event.event === 'play-end');
    expect(ends).toMatchObject([{ aborted: '2 of 3 hosts failed, more than 50 %' }]);
  });

  it('tells of every host that has failed at the step which ended it', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(
        (host) => [
          say(on, 'in', host),
          query('asked', { shell: `sleep ${host === 'a' ? 0 : 0.5}; exit 1`, scope: 'host' }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect([ran.outcome('a', 'asked'), ran.outcome('b', 'asked')]).toEqual(['failed', 'failed']);
    expect(ran.recap('b')).toMatchObject({ failed: 1 });
  });

  it('ends at a host that is lost within a rolling block, and at one that fails in it', async () => {
    for (const lost of [true, false]) {
      const on = await fleet();
      const link = on.link('a', {});
      const ran = await on.run(
        playOf(
          (host) => [
            block('work', {
              tasks: [
                say(on, 'drain', host),
                block(
                  'roll',
                  { tasks: [say(on, 'begin', host), shell('works', `[ ${host} != a ]`)] },
                  { rolling: true },
                ),
                say(on, 'up', host),
              ],
              always: [say(on, 'undrain', host)],
            }),
          ],
          { anyErrorsFatal: true },
        ),
        {
          listen(event) {
            if (!lost || event.event !== 'step-start' || event.step.name !== 'works') return;
            link.refuse = 'gone';
            link.cutAfterDown = 0;
          },
        },
      );
      const log = await logOf(on);
      expect(log.filter((line) => /^(begin|up)/.test(line))).toEqual(['begin a']);
      expect(log).toEqual(expect.arrayContaining(['undrain b', 'undrain c']));
      expect(ran.exitCode).toBe(2);
    }
  });

  it('may do a runOnce step in an always', async () => {
    const on = await fleet();
    await on.run(
      playOf(
        (host) => [
          block('b', {
            tasks: [
              say(on, 'in', host),
              ...(host === 'b' ? [fail('broken', { message: 'no' })] : []),
              say(on, 'up', host),
            ],
            always: [append(on, 'once', 'once', { runOnce: true })],
          }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect((await logOf(on)).slice(3)).toEqual(['once']);
  });
});
