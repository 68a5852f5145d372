/** What the task's own options make of an attempt: failedWhen, changedWhen, until. */
import type { Result, Task, TaskOptions } from '../dsl/task.ts';
import { PlaybookError } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import { evaluate } from './markers.ts';
import { seen } from './results.ts';

type AnyResult = Result<Record<string, unknown>>;
type AnyOptions = TaskOptions<Record<string, unknown>>;

/** Applies `failedWhen` and `changedWhen`; only where there is a result to look at. */
export function judge(attempt: Attempt, task: Task<unknown>, attempts: number): Attempt {
  const { failedWhen, changedWhen } = task.options as AnyOptions;
  const result = attempt.result as AnyResult | undefined;
  if (!result || attempt.outcome === 'skipped') return attempt;
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
  throw new PlaybookError('a judging function looks at the run: it has its result alone');
}
