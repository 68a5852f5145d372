/** One machine under several names of the inventory. */
import { describe, expect, it } from 'vitest';
import { play } from '../../../engine/dsl/declare.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

const together = { oneMachine: true };

describe('what is done under one name of a machine', () => {
  /** `a` reads ahead, then a step does its work as `b`. */
  const delegated = (on: Fleet, gatherFacts: boolean) =>
    play({
      name: 'site',
      hosts: 'a',
      gatherFacts,
      *tasks() {
        yield copy('before', { content: 'x', dest: on.path('other') });
        yield shell('elsewhere', `echo broken > ${on.path('f')}`, { on: 'b' });
        yield copy('after', { content: 'want\n', dest: on.path('f') });
      },
    });

  it.each([true, false])('is seen under the other, with facts gathered: %s', async (facts) => {
    const on = await fleet(['a', 'b'], together);
    await on.run(playOf(() => [copy('f', { content: 'want\n', dest: on.path('f') })]));
    const ran = await on.run(delegated(on, facts), { limit: 'a' });
    expect(ran.outcome('a', 'after')).toBe('changed');
    expect(await on.read('f')).toBe('want\n');
  });

  it('is seen by the other host of a play, which is at a later step', async () => {
    const on = await fleet(['a', 'b'], together);
    on.link('b', { delay: 60 });
    await on.run(playOf(() => [copy('f', { content: 'want\n', dest: on.path('f') })]));
    const ran = await on.run(
      playOf((host) => [
        ...(host === 'b' ? [shell('break', `echo broken > ${on.path('f')}`)] : []),
        copy('after', { content: 'want\n', dest: on.path('f') }),
        stat('seen', { path: on.path('f'), digest: true }),
      ]),
    );
    expect(await on.read('f')).toBe('want\n');
    expect(ran.lines.filter((line) => line.endsWith('after: changed'))).toHaveLength(1);
  });

  it('is done one at a time', async () => {
    const on = await fleet(['a', 'b', 'c'], together);
    const edit = `n=$(cat ${on.path('count')} 2>/dev/null || echo 0); sleep 0.1; echo $((n+1)) > ${on.path('count')}`;
    await on.run(playOf(() => [stat('known', { path: on.folder }), shell('count', edit)]));
    expect(await on.read('count')).toBe('3\n');
  });

  it('leaves other machines what they have read', async () => {
    const on = await fleet(['a', 'b']);
    const steps = () => [
      copy('one', { content: 'x', dest: on.path('one') }),
      copy('two', { content: 'x', dest: on.path('two') }),
    ];
    await on.run(playOf(steps));
    const ran = await on.run(
      playOf((host) => [
        ...(host === 'a' ? [command('action', { argv: ['true'] })] : []),
        ...steps(),
      ]),
    );
    expect(ran.trips('b')).toBe(1);
  });
});
