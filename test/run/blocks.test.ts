import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler } from '../../engine/dsl/declare.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { fail } from '../../engine/modules/control/fail.ts';
import { fleet } from './harness.ts';
import { append, logOf, playOf, shell } from './steps.ts';

const broken = (name = 'broken') => fail(name, { message: `${name} says no` });

it('always sees what failed, also where the rescue failed', async () => {
  const on = await fleet(['a']);
  const seen: string[] = [];
  const note = (name: string) =>
    shell(name, 'true', {
      when: (run) => seen.push(`${name}: ${run.failure?.task ?? 'none'}`) > 0,
    });
  await on.run(
    playOf(() => [
      block('outer', {
        tasks: [
          block('inner', {
            tasks: [fail('one', { message: 'no' })],
            rescue: [fail('two', { message: 'no' })],
            always: [note('inner')],
          }),
        ],
        rescue: [note('rescue')],
        always: [note('outer')],
      }),
    ]),
  );
  expect(seen).toContain('inner: two');
  expect(seen).not.toContain('inner: none');
  expect(seen).toContain('rescue: two');
  expect(seen.at(-1)).toBe('outer: none');
});

describe('blocks within blocks', () => {
  it('rescue the innermost first; a failure within rescue goes to the outer one', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        block('outer', {
          tasks: [
            block('inner', {
              tasks: [broken('first')],
              rescue: [
                append(on, 'inner rescue', 'inner rescue'),
                broken('second'),
                append(on, 'not reached', 'no'),
              ],
              always: [append(on, 'inner always', 'inner always')],
            }),
            append(on, 'not reached either', 'no'),
          ],
          rescue: [debug('tell', { message: (run) => `${run.failure?.message}` })],
          always: [append(on, 'outer always', 'outer always')],
        }),
        append(on, 'after', 'after'),
      ]),
    );
    expect(await logOf(on)).toEqual(['inner rescue', 'inner always', 'outer always', 'after']);
    expect(ran.end('a', 'tell').notes).toEqual(['second says no']);
    expect(ran.exitCode).toBe(0);
    expect(ran.recap('a')).toMatchObject({ failed: 0, rescued: 2 });
  });

  it('a failure within always fails the host, and outer always steps still run', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        block('outer', {
          tasks: [block('inner', { tasks: [], always: [broken()] })],
          always: [append(on, 'outer always', 'outer always')],
        }),
        append(on, 'after', 'after'),
      ]),
    );
    expect(await logOf(on)).toEqual(['outer always']);
    expect(ran.exitCode).toBe(2);
  });

  it('a failure without rescue runs always and fails the host', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [block('b', { tasks: [broken()], always: [append(on, 'always', 'always')] })]),
    );
    expect(await logOf(on)).toEqual(['always']);
    expect(ran.exitCode).toBe(2);
  });

  it('tells the rescue nothing once it is over', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        block('b', { tasks: [broken()], rescue: [debug('in', { message: 'x' })] }),
        debug('after', { message: (run) => (run.failure === undefined ? 'nothing' : 'something') }),
      ]),
    );
    expect(ran.end('a', 'after').notes).toEqual(['nothing']);
  });

  it('a play that ended for all is not rescued, and its always does not run', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(
        (host) => [
          ...(host === 'a' ? [broken()] : []),
          block('b', {
            tasks: [append(on, 'in', 'in')],
            rescue: [append(on, 'rescue', 'rescue')],
            always: [broken('not reached'), append(on, 'always', 'always')],
          }),
        ],
        { anyErrorsFatal: true },
      ),
    );
    expect(await logOf(on)).toEqual([]);
    expect(ran.recap('b')?.failed).toBe(0);
  });

  it('flushHandlers within a block serves handlers there; one that fails is rescued', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const good = handler(append(on, 'good', 'good'));
        const bad = handler(shell('bad', 'exit 1'));
        yield block('b', {
          tasks: [
            append(on, 'x', 'x', { notify: [good, bad] }),
            flushHandlers(),
            append(on, 'not reached', 'no'),
          ],
          rescue: [append(on, 'rescue', 'rescue')],
        });
      }),
    );
    expect(await logOf(on)).toEqual(['x', 'good', 'rescue']);
    expect(ran.exitCode).toBe(0);
  });
});

describe('ignoreErrors', () => {
  it('goes on, tells the failure as ignored, and does not count it as failed', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        block('b', { tasks: [shell('bad', 'exit 3')] }, { ignoreErrors: true }),
        append(on, 'after', 'after'),
      ]),
    );
    expect(ran.end('a', 'bad')).toMatchObject({ outcome: 'failed', ignored: true });
    expect(ran.recap('a')).toMatchObject({ failed: 0, ignored: 1 });
    expect(await logOf(on)).toEqual(['after']);
    expect(ran.exitCode).toBe(0);
  });
});
