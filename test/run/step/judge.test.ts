import { describe, expect, it, test } from 'vitest';
import type { Task, TaskOptions } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import type { Outcome } from '../../../engine/report/events.ts';
import type { Attempt } from '../../../engine/run/step/attempt-result.ts';
import { isReached, judge, retriesOf } from '../../../engine/run/step/judge.ts';
import { NotYetKnown } from '../../../engine/plan/not-yet-known.ts';

type Options = TaskOptions<Record<string, unknown>>;

const attempt = (outcome: Outcome, result?: Record<string, unknown>): Attempt => ({
  outcome,
  ...(result && { result }),
  ...(outcome === 'failed' && { failure: { message: 'exit code 1', code: 1 } }),
});

/** A task of these options; of its module only counts that playbooks see the result as it is. */
const taskOf = (options: Options): Task<unknown> => ({
  ...command('task', { argv: ['true'] }),
  options: options as TaskOptions<never>,
});

const judged = (of: Attempt, options: Options, attempts = 1): Attempt =>
  judge(of, taskOf(options), attempts);

describe('failedWhen', () => {
  const changed = { changed: true };
  const unchanged = { changed: false };

  test.each<[string, Attempt, Options, Partial<Attempt>]>([
    [
      'fails what went well',
      attempt('ok', unchanged),
      { failedWhen: () => true },
      { outcome: 'failed', failure: { message: 'failedWhen holds' } },
    ],
    [
      'says why',
      attempt('changed', changed),
      { failedWhen: () => 'it printed ERROR' },
      { outcome: 'failed', failure: { message: 'it printed ERROR' } },
    ],
    [
      'leaves what went well',
      attempt('changed', changed),
      { failedWhen: () => false },
      { outcome: 'changed' },
    ],
    [
      'keeps the code of what failed anyway',
      attempt('failed', changed),
      { failedWhen: () => true },
      { outcome: 'failed', failure: { message: 'failedWhen holds', code: 1 } },
    ],
    [
      'forgives a failure that changed something',
      attempt('failed', changed),
      { failedWhen: () => false },
      { outcome: 'changed', failure: undefined },
    ],
    [
      'forgives a failure that changed nothing',
      attempt('failed', unchanged),
      { failedWhen: () => false },
      { outcome: 'ok', failure: undefined },
    ],
  ])('%s', (_, of, options, expected) => {
    expect(judged(of, options)).toEqual({ ...of, ...expected });
  });
});

describe('changedWhen', () => {
  test.each<[string, Attempt, Options, Outcome, boolean]>([
    [
      'false: nothing changed',
      attempt('changed', { changed: true }),
      { changedWhen: false },
      'ok',
      false,
    ],
    ['true: it changed', attempt('ok', { changed: false }), { changedWhen: true }, 'changed', true],
    [
      'a function looks at the result',
      attempt('ok', { changed: false, stdout: 'new' }),
      { changedWhen: ({ stdout }) => stdout === 'new' },
      'changed',
      true,
    ],
    [
      'a failure stays one, and its result says what it changed',
      attempt('failed', { changed: true }),
      { changedWhen: () => false },
      'failed',
      false,
    ],
    [
      'behind failedWhen, which forgave it',
      attempt('failed', { changed: false }),
      { failedWhen: () => false, changedWhen: true },
      'changed',
      true,
    ],
  ])('%s', (_, of, options, outcome, changed) => {
    expect(judged(of, options)).toMatchObject({ outcome, result: { changed } });
  });

  it('keeps the rest of the result', () => {
    const of = attempt('ok', { changed: false, stdout: 'x' });
    expect(judged(of, { changedWhen: true }).result).toEqual({ changed: true, stdout: 'x' });
  });
});

describe('what has nothing to look at is not judged', () => {
  const never = (): never => {
    throw new Error('asked');
  };

  test.each<[string, Attempt]>([
    ['a failure without a result', attempt('failed')],
    ['a step that was skipped', attempt('skipped', { changed: false })],
    ['a plan in check without a result', attempt('unknown')],
  ])('%s', (_, of) => {
    expect(judged(of, { failedWhen: never, changedWhen: never })).toBe(of);
  });

  it('and what is unknown is not said to have changed or not, nor to have gone well', () => {
    const of = attempt('unknown', { changed: false });
    expect(judged(of, { changedWhen: never })).toBe(of);
    expect(judged(of, { failedWhen: () => false })).toBe(of);
  });
});

it('judging functions are told the number of the attempt', () => {
  const second: Options = {
    failedWhen: (_, attempts) => `${attempts}`,
    changedWhen: (_, attempts) => attempts === 2,
    until: (_, attempts) => attempts === 2,
  };
  const of = attempt('ok', { changed: false });
  expect(judged(of, second, 2)).toMatchObject({
    failure: { message: '2' },
    result: { changed: true },
  });
  expect(isReached(of, taskOf(second), 2)).toBe(true);
  expect(isReached(of, taskOf(second), 1)).toBe(false);
});

it('a judging function that looks at the run is refused', () => {
  const looks = (): never => {
    throw new NotYetKnown({ missing: 'facts', host: 'a' });
  };
  expect(() => judged(attempt('ok', {}), { failedWhen: looks })).toThrow(
    'a function that judges a result cannot use the run',
  );
});

describe('an attempt is final', () => {
  test.each<[string, Attempt, Options, boolean]>([
    ['without until, if it did not fail', attempt('changed', { changed: true }), {}, true],
    ['without until, not if it failed', attempt('failed'), {}, false],
    [
      'where until holds, whatever it did',
      attempt('failed', { code: 1 }),
      { until: () => true },
      true,
    ],
    ['not where until does not hold', attempt('ok', { code: 0 }), { until: () => false }, false],
    ['not without a result that until could look at', attempt('ok'), { until: () => true }, false],
  ])('%s', (_, of, options, final) => {
    expect(isReached(of, taskOf(options), 1)).toBe(final);
  });
});

test.each<[string, Options, number]>([
  ['nothing is said', {}, 0],
  ['it waits for something', { until: () => true }, 3],
  ['they are said', { until: () => true, retries: 1 }, 1],
  ['none are wanted', { until: () => true, retries: 0 }, 0],
])('further attempts where %s', (_, options, retries) => {
  expect(retriesOf(options as TaskOptions<never>)).toBe(retries);
});
