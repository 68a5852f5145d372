import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block } from '../../../engine/dsl/declare.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { InternalError } from '../../../engine/errors.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Plan } from '../../../engine/module/plan.ts';
import type { Event } from '../../../engine/report/events.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

/** Steps that were told to begin on a host and never to end, and the other way round. */
function unpaired(events: readonly Event[]): readonly string[] {
  const open = new Set<string>();
  const odd: string[] = [];
  for (const event of events) {
    if (event.event !== 'step-start' && event.event !== 'step-end') continue;
    const key = `${event.step.host} ${event.step.id}`;
    if (event.event === 'step-start') open.add(key);
    else if (!open.delete(key)) odd.push(key);
  }
  return [...odd, ...open];
}

const kinds = (events: readonly Event[]) => events.map(({ event }) => event);

/** A module that does not keep its contract. */
const broken = defineModule({
  name: 'broken',
  summary: 'Plans nothing at all.',
  args: z.strictObject({}),
  example: `broken('x', {})`,
  kind: 'control',
  plan: () => undefined as unknown as Plan<Record<never, never>>,
});

const refusing = defineModule({
  name: 'refusing',
  summary: 'Throws what is no error of the engine.',
  args: z.strictObject({}),
  example: `refusing('x', {})`,
  kind: 'control',
  plan: (): Plan<Record<never, never>> => {
    throw new TypeError('not like this');
  },
});

describe('every step that begins is told to have ended', () => {
  it('where another host does it for all, or cannot be reached', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf((host) => [
        shell('once', 'exit 3', { runOnce: true, ignoreErrors: true, when: () => host !== 'd' }),
        debug('after', { message: 'x' }),
      ]),
    );
    expect(unpaired(ran.events)).toEqual([]);
    const told = ran.events.filter((event) => event.event === 'step-start');
    expect(told.filter(({ step }) => step.name === 'once').map(({ step }) => step.host)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('where the play ends for all, or the person ends the run', async () => {
    const on = await fleet();
    const failing = await on.run(
      playOf((host) => [shell('one', `[ ${host} != b ]`), append(on, 'two', host)], {
        anyErrorsFatal: true,
      }),
    );
    expect(unpaired(failing.events)).toEqual([]);
    const soft = new AbortController();
    const ended = await on.run(
      playOf((host) => [shell('try', 'exit 1', { retries: 9, delay: 600 }), append(on, 'x', host)]),
      {
        soft: soft.signal,
        listen: (event) => {
          if (event.event === 'step-retry') soft.abort();
        },
      },
    );
    expect(ended.exitCode).toBe(130);
    expect(unpaired(ended.events)).toEqual([]);
    expect(ended.end('a', 'try')).toMatchObject({ outcome: 'skipped', because: 'interrupted' });
    expect(kinds(ended.events).slice(-2)).toEqual(['play-end', 'run-end']);
  });
});

describe('a bug', () => {
  it('ends the run: it is neither ignored nor rescued, and its events are told', async () => {
    const on = await fleet(['a', 'b']);
    const events: Event[] = [];
    const run = on.run(
      playOf((host) => [
        block('b', {
          tasks: host === 'a' ? [broken('x', {}, { ignoreErrors: true })] : [],
          rescue: [append(on, 'rescue', 'rescue')],
          always: [append(on, 'always', `always ${host}`)],
        }),
        append(on, 'after', `after ${host}`),
      ]),
      { listen: (event) => events.push(event) },
    );
    await expect(run).rejects.toThrow(InternalError);
    await expect(run).rejects.toThrow(
      /^a bug of tsplay or of a module, not of the host: TypeError/,
    );
    expect(await logOf(on)).not.toContain('rescue');
    expect(await logOf(on)).not.toContain('after a');
    expect(unpaired(events)).toEqual([]);
    expect(kinds(events).slice(-2)).toEqual(['play-end', 'run-end']);
    expect(events.at(-1)).toMatchObject({ exitCode: 1 });
  });

  it('is not what a module or a function of the playbook throws: that fails the step', async () => {
    const on = await fleet(['a']);
    const fails = (): never => {
      throw new RangeError('out of range');
    };
    const ran = await on.run(
      playOf(() => [
        refusing('module', {}, { ignoreErrors: true }),
        debug('argument', { message: () => fails() }, { ignoreErrors: true }),
        debug('when', { message: 'x' }, { when: () => fails(), ignoreErrors: true }),
        debug('until', { message: 'x' }, { until: () => fails(), ignoreErrors: true }),
        debug('failedWhen', { message: 'x' }, { failedWhen: () => fails(), ignoreErrors: true }),
        append(on, 'after', 'after'),
      ]),
    );
    expect(ran.recap('a')).toMatchObject({ ignored: 5, failed: 0 });
    expect(ran.end('a', 'until').failure).toMatchObject({ message: 'out of range' });
    expect(ran.end('a', 'until').failure?.at?.file).toMatch(/events-of-steps\.test\.ts$/);
    expect(await logOf(on)).toEqual(['after']);
  });
});
