/** The life of a step on one host: prepare, read, plan, wait for its turn, apply, verify, judge, tell. */
import { UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { holdsSecret } from '../../secrets/holds-secret.ts';
import { isChecked } from '../check/checking.ts';
import { foreseeUnprepared } from '../check/unprepared.ts';
import { addToInventory } from '../dynamic-inventory.ts';
import type { RunOptions } from '../environment.ts';
import { notifyHandlers, readForHandlers } from '../handlers/notify.ts';
import type { HostRun } from '../host-run.ts';
import { runOnce, type Done } from '../order/once.ts';
import { pause } from '../pause.ts';
import { awaited, awaits, isLong } from '../reads/barrier.ts';
import type { Attempt, NeedsStep } from './attempt-result.ts';
import { conclude } from './conclude.ts';
import { whileConnected } from './connected.ts';
import { resolveMissing } from './dependencies.ts';
import { StepEvents } from './events.ts';
import { judged, notReached, retriesOf } from './judge.ts';
import { possibleLinks, targetOf } from './locate.ts';
import { forgetReads, readAndPlan } from './read-and-plan.ts';
import type { Progress, Target, Turn } from './target.ts';
import { tellEnd, tellRetry, tellUnreachable } from './tell.ts';
import { waitForTurn, type Anew, type Claim } from './turn.ts';

/** Seconds between attempts where the task does not say. */
const defaultDelay = 5;

/** Where a step runs, and for whose sake. */
export interface StepPlace {
  readonly position: number;
  /** The selected step that reads its result, though no tag selects it: it may only read. */
  readonly neededBy?: TaskNode;
}

/**
 * Runs the step and stores its result.
 * @param uncertainBecause in check: why it is only perhaps done at all (a handler that may be notified)
 * @returns what its attempts came to; undefined where another host did it, or this one was lost
 * @throws StepFailed, HostEnded, UnreachableError, EarlyEnd
 */
export async function runStep(
  host: HostRun,
  node: TaskNode,
  place: StepPlace,
  uncertainBecause?: string,
): Promise<Attempt['outcome'] | undefined> {
  const { environment } = host.batch;
  const { options } = environment;
  const progress: Progress = {};
  host.throwIfEnded();
  if (options.confirm && !(await confirmed(host, node, options.confirm))) {
    const skipped = { outcome: 'skipped', because: 'not confirmed' } as const;
    new StepEvents(host, node).begin();
    tellEnd(host, node, { attempt: skipped, count: 1 }, { start: Date.now(), progress });
    return 'skipped';
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
    if (!done) return undefined;
    events.begin();
    if (!options.lookahead && done.attempt.outcome === 'changed') await readForHandlers(host, node);
    events.ended = true;
    tellEnd(host, node, done, { start, progress }, uncertainBecause);
    return done.attempt.outcome;
  } catch (error) {
    if (error instanceof UnreachableError) tellUnreachable(host, node, error);
    events.cutShort(error);
    if (error instanceof UnreachableError && progress.sent) notifyHandlers(host, node, undefined);
    if (error instanceof UnreachableError && node.options.ignoreUnreachable) {
      // The next step is to find out for itself.
      host.link.mayBeBack();
      return undefined;
    }
    throw error;
  } finally {
    host.prepared.forget(node);
  }
}

/** Attempts until one is as wanted; the count is of attempts really made (rule 16, attempts). */
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
    const { attempt, final } = judged(await attemptWithDependencies(host, node, turn), node, count);
    if (final) {
      if (awaits(node)) awaited(host.link, environment.clock);
      return { attempt: addToInventory(host, node, attempt), count };
    }
    if (count > retries || check)
      return { attempt: until ? notReached(attempt, check, start) : attempt, count };
    tellRetry(host, node, attempt, count);
    await pause(delay, host.signal);
    if (delay > 0) host.timePassed();
  }
}

/** An attempt that reads the result of a query that is not selected asks that query first. */
async function attemptWithDependencies(
  host: HostRun,
  node: TaskNode,
  turn: Turn,
): Promise<Attempt> {
  for (;;) {
    const attempt = await attemptStep(host, node, turn);
    if (!('needs' in attempt)) return attempt;
    host.addDependency(attempt.needs);
    const place = { position: turn.position, neededBy: node };
    await runStep(host, attempt.needs, place);
  }
}

/**
 * A failure that was read ahead counts at the step's turn: the play may end before it.
 * @throws UnreachableError, EarlyEnd; every other failure is an outcome
 */
export async function attemptStep(
  host: HostRun,
  node: TaskNode,
  turn: Turn,
): Promise<Attempt | NeedsStep> {
  const { begun } = host;
  const attempt = await whileConnected(host, node, () => attemptOnce(host, node, turn));
  if ('needs' in attempt || attempt.outcome !== 'failed') return attempt;
  const hasActed = host.begun > begun || turn.progress.sent !== undefined;
  if (hasActed || !host.isAhead(turn.position)) return attempt;
  await host.turn(turn.position);
  return attempt;
}

async function attemptOnce(
  host: HostRun,
  node: TaskNode,
  turn: Turn,
): Promise<Attempt | NeedsStep> {
  const { lookahead } = host.batch.environment.options;
  const claim: Claim = {};
  await host.arrive(node, turn.position);
  // The plain mode believes nothing that was prepared before; a further attempt prepares anew too.
  if (!lookahead || turn.again) host.prepared.forget(node);
  for (;;) {
    const ready = await host.prepared.prepare(node, host.view(false), { since: claim.since });
    if ('skip' in ready) return { outcome: 'skipped', because: ready.skip };
    if ('blocked' in ready) {
      const ended = await resolveMissing(host, node, ready.blocked);
      if (!ended) continue;
      return foreseen(host, node, ended);
    }
    const target = await targetOf(host, node, ready.prepared, turn);
    if (!('link' in target)) return foreseen(host, node, target);
    if (!lookahead) target.link.state.drop('everything');
    else if (turn.again) forgetReads(target);
    const attempt = await settle(target, turn, claim);
    if (attempt === 'prepare again') continue;
    const on = target.link === host.link ? {} : { on: target.link.name };
    return { ...attempt, ...on, ofSecrets: holdsSecret(target.prepared.want) };
  }
}

/** What check does not know of a step that was not prepared counts for the steps behind it. */
async function foreseen<T extends Attempt | NeedsStep>(
  host: HostRun,
  node: TaskNode,
  ended: T,
): Promise<T> {
  if ('outcome' in ended && ended.outcome === 'unknown')
    await foreseeUnprepared(host, node, possibleLinks(host, node));
  return ended;
}

/**
 * Reads, plans, waits for the turn, and applies what then still holds. What does not is read again.
 */
async function settle(
  target: Target,
  turn: Turn,
  claim: Claim,
): Promise<Attempt | 'prepare again'> {
  const throttled = (): Promise<Attempt | Anew> =>
    settle(target, turn, { ...claim, throttled: true });
  for (let round = 1; ; round += 1) {
    const planned = await readAndPlan(target, turn, claim.since);
    if ('ended' in planned) return planned.ended;
    const held = await waitForTurn(target, planned, turn, claim);
    if (typeof held === 'object') return held.ended;
    if (held === 'prepare again') return held;
    if (held === 'read again') continue;
    const attempt = await conclude(target, planned, turn, claim, { first: round === 1, throttled });
    if (attempt !== 'read again') return attempt;
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
