import { describe, expect, it } from 'vitest';
import { block, each, flushHandlers, handler } from '../../engine/dsl/declare.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { stat } from '../../engine/modules/files/stat.ts';
import { fleet } from './harness.ts';
import { copies, withList, write } from './each-steps.ts';
import { append, logOf, playOf, shell } from './steps.ts';

describe('each in check', () => {
  it('is exact in check where the items are known', async () => {
    const on = await fleet(['a']);
    await withList(on, 'x\ny');
    const ran = await on.run(
      playOf(() => copies(on)),
      { check: true },
    );
    expect(ran.lines.slice(1)).toEqual([
      'a copies: ok',
      'a copy (x): changed',
      'a copy (y): changed',
    ]);
  });

  it('is unknown in check where they are not, and so is what later steps find', async () => {
    const on = await fleet(['a']);
    await withList(on, 'x');
    const site = playOf(() => [
      write(on, 'x\ny'),
      ...copies(on),
      copy('behind', { dest: on.path('behind'), content: 'b' }),
      stat('look', { path: on.path('x') }),
    ]);
    const checked = await on.run(site, { check: true });
    expect(checked.lines).toEqual([
      'a write list: changed',
      'a listed: skipped',
      'a copies: unknown',
      'a behind: unknown',
      'a look: skipped',
    ]);
  });

  it('leaves the rest known in check where it says what its steps may change', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => [
      write(on, 'x\ny'),
      ...copies(on, { invalidates: { paths: [on.path('x')] } }),
      copy('behind', { dest: on.path('behind'), content: 'b' }),
      copy('one of them', { dest: on.path('x'), content: 'b' }),
    ]);
    const checked = await on.run(site, { check: true });
    expect(checked.lines.slice(2)).toEqual([
      'a copies: unknown',
      'a behind: changed',
      'a one of them: unknown',
    ]);
  });

  it('notifies for all its steps: once, and in check perhaps', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => {
      const done = handler(append(on, 'done', 'done'));
      return [write(on, 'x\ny'), ...copies(on, { notify: done })];
    });
    const checked = await on.run(site, { check: true });
    expect(checked.outcome('a', 'done')).toBe('unknown');
    await on.run(site);
    expect(await logOf(on)).toEqual(['done']);
    await on.run(site);
    expect(await logOf(on)).toEqual(['done']);
  });

  it('is planned in check in a handler that is only perhaps notified', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => {
      const roll = handler(
        block('roll', {
          tasks: [
            each(
              'items',
              () => ['x'],
              (n) => [copy('add', { dest: on.path(n), content: n })],
            ),
          ],
        }),
      );
      return [
        shell('perhaps', 'true', { notify: roll }),
        flushHandlers(),
        copy('behind', { dest: on.path('x'), content: 'x' }),
      ];
    });
    const checked = await on.run(site, { check: true });
    expect(checked.outcome('a', 'add (x)')).toBe('unknown');
    expect(checked.outcome('a', 'behind')).toBe('ok');
    expect((await on.run(site)).outcome('a', 'behind')).toBe('ok');
  });
});
