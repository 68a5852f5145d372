/** One step on one host from its turn to its end: attempts, judging, results, events. */
import { PlayError, UnreachableError } from '../errors.ts';
import type { TaskNode } from '../plan/nodes.ts';
import type { Event } from '../report/events.ts';
import { isChecked } from './checking.ts';
import { attemptStep, type Attempt, type Progress, type Turn } from './attempt.ts';
import { awaited, awaits, isLong } from './barrier.ts';
import { PlayFinished } from './early-end.ts';
import type { RunOptions } from './environment.ts';
import { failureOf } from './failure.ts';
import { addToInventory } from './grow.ts';
import type { HostRun } from './host-run.ts';
import { isReached, judge, retriesOf } from './judge.ts';
import { HostEnded, StepFailed } from './loss.ts';
import { notifyHandlers, readForHandlers, withdrawHandlers } from './notify.ts';
import { runOnce, type Done } from './once.ts';
import { pause } from './pause.ts';
import { StepEvents } from './step-events.ts';
import { stepRef } from './step-ref.ts';
import { withoutMeasures } from '../secrets/holds-secret.ts';

/** Seconds between attempts where the task does not say. */
const defaultDelay = 5;

/** Where a step runs, and for whose sake. */
export interface StepPlace {
  readonly position: number;
  /** The selected step that reads its result, though no tag selects it: it may only read. */
  readonly pulledInBy?: TaskNode;
}

/** Milliseconds after which a step that needs nothing of the host has waited. */
const waited = 100;

/** All that is said of a failure of a secret task. */
const hiddenFailure = 'failed; the task is secret';

/**
 * Runs the step and stores its result.
 * @param doubt in check: why it is only perhaps done at all (a handler that may be notified)
 * @throws StepFailed, HostEnded, UnreachableError, EarlyEnd
 */
export async function runStep(
  host: HostRun,
  node: TaskNode,
  place: StepPlace,
  doubt?: string,
): Promise<void> {
  const { environment } = host.batch;
  const { options } = environment;
  const progress: Progress = {};
  host.throwIfEnded();
  if (options.confirm && !(await confirmed(host, node, options.confirm))) {
    const skipped = { outcome: 'skipped', because: 'not confirmed' } as const;
    new StepEvents(host, node).begin();
    return end(host, node, { attempt: skipped, count: 1 }, { start: Date.now(), progress });
  }
  const events = new StepEvents(host, node);
  const { start } = events;
  try {
    const work = (): Promise<Done> => {
      events.begin();
      return attempts(host, node, place, { start, progress });
    };
    const { runOnce: once } = node.options;
    const done = once ? await runOnce(host, node, place.position, work) : await work();
    // Another host did it, and tells of it.
    if (!done) return;
    events.begin();
    if (!options.lookahead && done.attempt.outcome === 'changed') await readForHandlers(host, node);
    events.ended = true;
    end(host, node, done, { start, progress }, doubt);
  } catch (error) {
    if (error instanceof UnreachableError) unreachable(host, node, error);
    events.cutShort(error);
    if (error instanceof UnreachableError && progress.sent) notifyHandlers(host, node, undefined);
    if (error instanceof UnreachableError && node.options.ignoreUnreachable) {
      // The next step is to find out for itself.
      host.link.mayBeBack();
      return;
    }
    throw error;
  } finally {
    host.drafts.forget(node);
  }
}

/** While a person thinks, things change. */
async function confirmed(
  host: HostRun,
  node: TaskNode,
  confirm: NonNullable<RunOptions['confirm']>,
): Promise<boolean> {
  const start = performance.now();
  const answer = await confirm(node);
  if (isLong(start)) host.timePassed();
  return answer !== 'no';
}

/** Attempts until one is as wanted; the count is of attempts really made (rule 16). */
async function attempts(
  host: HostRun,
  node: TaskNode,
  place: StepPlace,
  { start, progress }: { readonly start: number; readonly progress: Progress },
): Promise<Done> {
  const { environment } = host.batch;
  const check = isChecked(node, environment.options);
  const { delay = defaultDelay, until } = node.task.options;
  const retries = retriesOf(node.task.options);
  for (let count = 1; ; count += 1) {
    const turn = { ...place, stepId: environment.nextStepId(), again: count > 1, progress };
    const { attempt, final } = judged(await attemptPulling(host, node, turn), node, count);
    if (final) {
      if (awaits(node)) awaited(host.link, environment.clock);
      return { attempt: addToInventory(host, node, attempt), count };
    }
    if (count > retries || check)
      return { attempt: until ? notReached(attempt, check, start) : attempt, count };
    retrying(host, node, attempt, count);
    await pause(delay, host.signal);
    if (delay > 0) host.timePassed();
  }
}

/** An attempt that reads the result of a query that is not selected asks that query first. */
async function attemptPulling(host: HostRun, node: TaskNode, turn: Turn): Promise<Attempt> {
  for (;;) {
    const attempt = await attemptStep(host, node, turn);
    if (!('needs' in attempt)) return attempt;
    host.pullIn(attempt.needs);
    const place = { position: turn.position, pulledInBy: node };
    await runStep(host, attempt.needs, place);
  }
}

/** What the task's own functions make of an attempt; one that throws fails the step. */
function judged(raw: Attempt, node: TaskNode, count: number): { attempt: Attempt; final: boolean } {
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

function retrying(host: HostRun, node: TaskNode, attempt: Attempt, count: number): void {
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

/** A non-zero query that `until` accepts is no failure. */
function acceptedAttempt(attempt: Attempt): Attempt {
  if (attempt.outcome !== 'failed') return attempt;
  return {
    ...attempt,
    outcome: attempt.result?.['changed'] ? 'changed' : 'ok',
    failure: undefined,
  };
}

function notReached(attempt: Attempt, check: boolean, start: number): Attempt {
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

function end(
  host: HostRun,
  node: TaskNode,
  { attempt, count }: { readonly attempt: Attempt; readonly count: number },
  { start, progress }: { readonly start: number; readonly progress: Progress },
  doubt?: string,
): void {
  const { environment } = host.batch;
  host.begun += 1;
  // A rescue may have mended it, or waited.
  if (node.task.module.kind !== 'control' || Date.now() - start > waited) host.link.mayBeBack();
  const doubted = doubt !== undefined && attempt.outcome !== 'skipped';
  const outcome = doubted ? 'unknown' : attempt.outcome;
  const because = doubted ? doubt : attempt.because;
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
  batch.turnstile.end(finished, batch.turnstile.positionOf(name));
  throw finished;
}

function unreachable(host: HostRun, node: TaskNode, error: UnreachableError): void {
  const { name } = node.task;
  const { message: because } = error;
  const result = { outcome: 'unreachable', name, result: undefined, because } as const;
  host.batch.environment.results.set(host.name, node.id, result);
}
