/** Tells how a step ended: its result, its event, the handlers that it notifies. */
import { PlayFinished, type UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { Event } from '../../report/events.ts';
import { withoutMeasures } from '../../secrets/holds-secret.ts';
import { notifyHandlers, withdrawHandlers } from '../handlers/notify.ts';
import type { HostRun } from '../host-run.ts';
import { HostEnded, StepFailed, wordOf } from '../hosts/loss.ts';
import type { Attempt } from './attempt-result.ts';
import { retriesOf } from './judge.ts';
import { stepRef } from './reference.ts';
import type { Progress } from './target.ts';

/** Milliseconds after which a step that needs nothing of the host has waited. */
const waited = 100;

/** All that is said of a failure of a secret task. */
const hiddenFailure = 'failed; the task is secret';

/** @throws StepFailed, HostEnded, EarlyEnd */
export function tellEnd(
  host: HostRun,
  node: TaskNode,
  { attempt, count }: { readonly attempt: Attempt; readonly count: number },
  { start, progress }: { readonly start: number; readonly progress: Progress },
  uncertainBecause?: string,
): void {
  const { environment } = host.batch;
  host.begun += 1;
  // A rescue may have mended it, or waited.
  if (node.task.module.kind !== 'control' || Date.now() - start > waited) host.link.mayBeBack();
  const uncertain = uncertainBecause !== undefined && attempt.outcome !== 'skipped';
  const outcome = uncertain ? 'unknown' : attempt.outcome;
  const because = uncertain ? uncertainBecause : attempt.because;
  const name = node.task.name;
  const ignored = outcome === 'failed' && node.options.ignoreErrors;
  environment.results.set(host.name, node.id, { outcome, name, result: attempt.result, because });
  const notAsked = outcome === 'unknown' && attempt.result === undefined && neverChanges(node);
  const secret = node.options.secret;
  const event: Event = {
    event: 'step-end',
    time: Date.now(),
    step: stepRef(host.name, node),
    outcome: notAsked ? 'skipped' : outcome,
    took: Date.now() - start,
    attempts: count,
    differences: secret ? [] : (attempt.differences ?? []),
    because: notAsked
      ? `it changes nothing, and nobody knows the answer before ${because}`
      : because,
    notes: secret ? [] : (attempt.notes ?? []),
    failure:
      secret && attempt.failure
        ? { message: hiddenFailure, code: attempt.failure.code, at: node.task.at }
        : attempt.failure,
    ignored,
    result: toldResult(attempt, secret),
    on: attempt.on ?? (typeof node.options.on === 'string' ? node.options.on : undefined),
    secret,
    diff: node.options.diff,
  };
  environment.emit(event);
  // What is always only planned changes nothing, in check neither.
  if (node.options.check === true) withdrawHandlers(host, node);
  else if (!notAsked && (outcome === 'changed' || outcome === 'unknown')) {
    host.changes += 1;
    notifyHandlers(host, node, outcome === 'unknown' ? (because ?? '') : undefined);
  } else if (outcome === 'failed' && mayHaveChanged(node, attempt, progress)) {
    notifyHandlers(host, node, undefined);
  } else withdrawHandlers(host, node);
  if (outcome === 'failed' && !ignored) {
    throw new StepFailed(node, secret ? hiddenFailure : (attempt.failure?.message ?? 'failed'));
  }
  if (outcome === 'ok') endPlayHere(host, node);
}

/** What only asks has nothing that check could leave open. */
function neverChanges({ task }: TaskNode): boolean {
  const { changedWhen = false } = task.options;
  return task.module.onlyAsks === true && changedWhen === false;
}

function toldResult({ result, ofSecrets }: Attempt, secret: boolean): unknown {
  if (secret) return undefined;
  return ofSecrets ? withoutMeasures(result) : result;
}

/** A step that failed half way: the next run may find everything as wanted and notify nobody. */
function mayHaveChanged({ task }: TaskNode, { result }: Attempt, { sent }: Progress): boolean {
  const { changedWhen } = task.options;
  if (sent === undefined || changedWhen === false) return false;
  return typeof changedWhen !== 'function' || result?.['changed'] !== false;
}

/** @throws HostEnded or EarlyEnd where the step's module ends the play */
function endPlayHere({ batch, name }: HostRun, { task }: TaskNode): void {
  const { ends } = task.module;
  if (ends === undefined) return;
  if (ends === 'host') throw new HostEnded();
  const finished = new PlayFinished(task.name);
  if (ends === 'play') batch.scope.finished = finished.message;
  batch.stepOrder.end(finished, batch.stepOrder.positionOf(name));
  throw finished;
}

/** Its result is that the host could not be reached. */
export function tellUnreachable(host: HostRun, node: TaskNode, error: UnreachableError): void {
  const { name } = node.task;
  const { message: because } = error;
  const result = { outcome: wordOf(error), name, result: undefined, because };
  host.batch.environment.results.set(host.name, node.id, result);
}

/** A further attempt follows. */
export function tellRetry(host: HostRun, node: TaskNode, attempt: Attempt, count: number): void {
  const retries = retriesOf(node.task.options);
  const why = attempt.failure?.message ?? '`until` does not hold yet';
  host.batch.environment.emit({
    event: 'step-retry',
    time: Date.now(),
    step: stepRef(host.name, node),
    attempt: count,
    attempts: retries + 1,
    why: node.options.secret ? hiddenFailure : why,
  });
}
