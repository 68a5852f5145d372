/** What the task's own options make of an attempt: failedWhen, changedWhen, until. */
import type { Result, Task, TaskOptions } from '../../dsl/task.ts';
import { PlaybookError, PlayError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { failureOf } from '../failure.ts';
import type { Attempt } from './attempt-result.ts';
import { evaluate } from '../../plan/not-yet-known.ts';
import { seen } from './results.ts';

type AnyResult = Result<Record<string, unknown>>;
type AnyOptions = TaskOptions<Record<string, unknown>>;

/** Applies `failedWhen` and `changedWhen`; only where there is a result to look at. */
export function judge(attempt: Attempt, task: Task<unknown>, attempts: number): Attempt {
  const { failedWhen, changedWhen } = task.options as AnyOptions;
  const result = attempt.result as AnyResult | undefined;
  if (!result) return withoutResult(attempt, task.options as AnyOptions);
  if (attempt.outcome === 'skipped') return attempt;
  let judged = attempt;
  if (failedWhen) {
    const failed = ask(() => failedWhen(seen(task, result), attempts));
    if (!failed && judged.outcome === 'failed') {
      judged = { ...judged, outcome: result.changed ? 'changed' : 'ok', failure: undefined };
    } else if (failed) {
      const message = typeof failed === 'string' ? failed : 'failedWhen holds';
      judged = { ...judged, outcome: 'failed', failure: { ...judged.failure, message } };
    }
  }
  if (changedWhen === undefined || !['ok', 'changed', 'failed'].includes(judged.outcome))
    return judged;
  const changed =
    typeof changedWhen === 'boolean'
      ? changedWhen
      : ask(() => changedWhen(seen(task, result), attempts));
  const outcome = changed ? 'changed' : 'ok';
  return {
    ...judged,
    outcome: judged.outcome === 'failed' ? 'failed' : outcome,
    result: { ...result, changed },
  };
}

/** An action that check does not run has no output that anything could judge. */
function withoutResult(attempt: Attempt, { failedWhen, changedWhen }: AnyOptions): Attempt {
  if (attempt.outcome !== 'changed') return attempt;
  if (failedWhen !== undefined || typeof changedWhen === 'function')
    return { ...attempt, outcome: 'unknown', because: 'its output, which only the run knows' };
  return changedWhen === false ? { ...attempt, outcome: 'ok' } : attempt;
}

/** Further attempts; `until` waits for something, so it has some of its own. */
export const retriesOf = ({ retries, until }: TaskOptions<never>): number =>
  retries ?? (until === undefined ? 0 : 3);

/** Whether the attempt is what `until` waits for; without `until`, whether it did not fail. */
export function isReached(attempt: Attempt, task: Task<unknown>, attempts: number): boolean {
  const { until } = task.options as AnyOptions;
  if (until === undefined) return attempt.outcome !== 'failed';
  const result = attempt.result as AnyResult | undefined;
  return result !== undefined && ask(() => until(seen(task, result), attempts));
}

/** What a function of the task says of a result. @throws PlayError when it throws */
function ask<T>(body: () => T): T {
  const said = evaluate(body);
  if ('value' in said) return said.value;
  throw new PlaybookError('a function that judges a result cannot use the run');
}

/** What the task's own functions make of an attempt; one that throws fails the step. */
export function judged(
  raw: Attempt,
  node: TaskNode,
  count: number,
): { attempt: Attempt; final: boolean } {
  const { options } = node.task;
  try {
    const attempt = judge(raw, node.task, count);
    const decided = ['skipped', 'unknown'].includes(attempt.outcome);
    if (!decided && !isReached(attempt, node.task, count)) return { attempt, final: false };
    // What `failedWhen` calls a failure is one, whatever `until` was content with.
    const accepts = options.until !== undefined && options.failedWhen === undefined;
    return { attempt: accepts ? acceptedAttempt(attempt) : attempt, final: true };
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    const failure = failureOf(error, node);
    return { attempt: { ...raw, outcome: 'failed', failure }, final: true };
  }
}

/** A non-zero query that `until` accepts is no failure. */
function acceptedAttempt(attempt: Attempt): Attempt {
  if (attempt.outcome !== 'failed') return attempt;
  return {
    ...attempt,
    outcome: attempt.result?.['changed'] ? 'changed' : 'ok',
    failure: undefined,
  };
}

/** What is left when no further attempt is made. */
export function notReached(attempt: Attempt, check: boolean, start: number): Attempt {
  if (check) return { ...attempt, outcome: 'unknown', because: '`until` does not hold now' };
  const seconds = Math.round((Date.now() - start) / 1000);
  const result = attempt.result;
  const stderr = typeof result?.['stderr'] === 'string' ? result['stderr'] : undefined;
  const stdout = typeof result?.['stdout'] === 'string' ? result['stdout'] : undefined;
  const message = `\`until\` did not hold within ${seconds} s`;
  return {
    ...attempt,
    outcome: 'failed',
    failure: { stdout, stderr, ...attempt.failure, message },
  };
}
