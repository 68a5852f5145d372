/** What Ansible's include_tasks, import_tasks and include_role do, in the language itself. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block, choose, play, role } from '../../engine/dsl/declare.ts';
import type { Context } from '../../engine/dsl/task.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { fleet } from '../run/harness.ts';
import { collect, inventoryOf, namesOf } from './inventory.ts';

/** As a file of tasks would be: a function that yields them, with its own arguments. */
function* tuned({ host }: Pick<Context<unknown>, 'host'>, size: string): Generator<Step> {
  yield debug(`tune ${size}`, { message: host.name });
  if (size === 'large') yield debug('more for large ones', { message: host.name });
}

describe('a function of steps', () => {
  it('is taken in by yield*, by a condition on variables, once for each of a list', async () => {
    const vars = z.strictObject({ sizes: z.array(z.string()).default([]) });
    const tuning = role({
      name: 'tuning',
      vars,
      *tasks(context) {
        for (const size of context.vars.sizes) yield* tuned(context, size);
      },
    });
    const inventory = await inventoryOf(
      'web:\n  hosts:\n    a: { sizes: [small, large] }\n    b:\n',
    );
    const [plan] = collect(play({ name: 'site', hosts: 'web', roles: [tuning] }), inventory);
    expect(namesOf(plan)).toEqual(['tune small', 'tune large', 'more for large ones']);
    expect(namesOf(plan, 'b')).toEqual([]);
  });

  it('within a block has the condition of the block: known when the run is there', async () => {
    const on = await fleet(['a']);
    const site = (found: string) =>
      play({
        name: 'site',
        hosts: 'web',
        *tasks(context) {
          const asked = command('ask', { argv: ['echo', found] });
          yield asked;
          yield block(
            'tuning',
            { tasks: [...tuned(context, 'large')] },
            { when: (run) => run.result(asked).stdout === 'yes' },
          );
        },
      });
    expect((await on.run(site('yes'))).lines.slice(1)).toEqual([
      'a tune large: ok',
      'a more for large ones: ok',
    ]);
    expect((await on.run(site('no'))).lines.slice(1)).toEqual([
      'a tune large: skipped',
      'a more for large ones: skipped',
    ]);
  });

  it('can be one of several, chosen by facts: all are listed, one runs', async () => {
    const on = await fleet(['a']);
    const site = play({
      name: 'site',
      hosts: 'web',
      tasks: (context) => [
        choose('by kernel', (run) => (run.facts.kernel === '' ? 'none' : 'some'), {
          none: tuned(context, 'small'),
          some: tuned(context, 'large'),
        }),
      ],
    });
    expect((await on.run(site)).lines).toEqual([
      'a tune small: skipped',
      'a tune large: ok',
      'a more for large ones: ok',
    ]);
  });
});
