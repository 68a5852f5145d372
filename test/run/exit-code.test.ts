import { describe, expect, it } from 'vitest';
import { block } from '../../engine/dsl/declare.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { fail } from '../../engine/modules/control/fail.ts';
import { fleet } from './harness.ts';
import { playOf, shell } from './steps.ts';

const fine = playOf(() => [shell('fine', 'true', { changedWhen: false })]);
const failing = playOf((host) => (host === 'a' ? [fail('no', { message: 'no' })] : []));

describe('a run ends with', () => {
  it('0 when all is done, also when a failure was rescued', async () => {
    const on = await fleet(['a', 'b']);
    expect((await on.run(fine)).exitCode).toBe(0);
    const rescued = playOf(() => [
      block('b', { tasks: [fail('no', { message: 'no' })], rescue: [] }),
      block('c', {
        tasks: [fail('not', { message: 'no' })],
        rescue: [shell('saved', 'true')],
      }),
    ]);
    expect((await on.run(rescued)).exitCode).toBe(2);
    const saved = playOf(() => [
      block('c', { tasks: [fail('not', { message: 'no' })], rescue: [shell('saved', 'true')] }),
    ]);
    expect((await on.run(saved)).exitCode).toBe(0);
  });

  it('2 when a host failed, also together with an unreachable one', async () => {
    const on = await fleet(['a', 'b']);
    expect((await on.run(failing)).exitCode).toBe(2);
    on.link('b', { refuse: 'gone' });
    const both = playOf((host) => [host === 'a' ? fail('no', { message: 'no' }) : shell('x', ':')]);
    expect((await on.run(both)).exitCode).toBe(2);
  });

  it('4 when hosts were only unreachable', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { refuse: 'gone' });
    expect((await on.run(fine)).exitCode).toBe(4);
  });

  it('3 when check finds something pending or unknown and is asked to say so', async () => {
    const on = await fleet(['a']);
    const pending = playOf(() => [copy('conf', { content: 'x', dest: on.path('conf') })]);
    const unknown = playOf(() => [shell('action', 'true')]);
    const check = { check: true, exitCodeOfPending: true };
    expect((await on.run(pending, check)).exitCode).toBe(3);
    expect((await on.run(unknown, check)).exitCode).toBe(3);
    expect((await on.run(pending, { check: true })).exitCode).toBe(0);
    expect((await on.run(pending, { exitCodeOfPending: true })).exitCode).toBe(0);
    expect((await on.run(pending, check)).exitCode).toBe(0);
  });
});
