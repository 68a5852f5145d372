/** What a plan comes to at the step's turn: nothing to do, a prediction, or a change. */
import type { Action, Change, Plan } from '../../module/plan.ts';
import { applyAction, applyChange } from '../change/apply.ts';
import { isChecked } from '../check/checking.ts';
import { predictOutcome } from '../check/predict.ts';
import { promiseHandlers } from '../handlers/notify.ts';
import { pause } from '../pause.ts';
import { waitedSince } from '../reads/barrier.ts';
import type { Moment } from '../state/clock.ts';
import type { Attempt } from './attempt-result.ts';
import { forgetReads } from './read-and-plan.ts';
import type { Progress, Target, Turn } from './target.ts';
import { isStale, type Anew, type Claim, type Planned } from './turn.ts';

interface Round {
  /** Nothing was read again in this attempt. */
  readonly first: boolean;
  /** Reads and plans once more, inside the throttle. */
  readonly throttled: () => Promise<Attempt | Anew>;
}

/**
 * Carries the plan out, or says what it would do.
 * @returns `read again` where the host is not as it was when the step planned
 * @throws EarlyEnd
 */
export async function conclude(
  target: Target,
  { asked, plan }: Planned,
  turn: Turn,
  claim: Claim,
  { first, throttled }: Round,
): Promise<Attempt | Anew> {
  const { node, host, prepared } = target;
  const { module, throttle } = { ...node.task, ...node.options };
  const then = node.handler ? host.valuesWhenNotified?.get(node) : undefined;
  if (then && module.alreadySatisfied?.(prepared.want, then, asked.values))
    return servedAttempt(plan);
  if (plan.plan === 'same') {
    // A failure that was read ahead of its turn is no failure yet (rule 12, queries ahead of their
    // turn).
    if (plan.failed === undefined || !asked.ahead || !first) return nothingToDo(target, plan, turn);
    forgetReads(target);
    return 'read again';
  }
  if (isChecked(node, host.batch.environment.options)) return predictOutcome(target, asked, plan);
  if (throttle !== undefined && !claim.throttled) return inThrottle(target, throttle, throttled);
  return applyAtTurn(target, { asked, plan }, { since: claim.since, progress: turn.progress });
}

/** Waits until fewer than `atOnce` hosts are at the step; what was read before may be stale then. */
function inThrottle<T>(
  { host, node, link }: Target,
  atOnce: number,
  body: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  return host.batch.throttled({ host: host.name, id: node.id, atOnce }, () => {
    waitedSince(link, host.batch.environment.clock, start);
    return body();
  });
}

async function nothingToDo(
  target: Target,
  plan: Extract<Plan<unknown>, { plan: 'same' }>,
  turn: Turn,
): Promise<Attempt> {
  const { host, node, link, prepared } = target;
  const { module } = node.task;
  // Nobody is kept from an earlier step.
  if (module.ends === 'batch' || module.ends === 'play') await host.turn(turn.position);
  if (module.refreshesFacts) await host.batch.environment.refreshFacts(link.name);
  const attempt = await sameAttempt(target, plan, turn.progress);
  return module.adds ? { ...attempt, adds: module.adds(prepared.want) } : attempt;
}

/** Applies what still holds when the host is free; `read again`: it does not. */
async function applyAtTurn(
  target: Target,
  { asked, plan }: Planned & { readonly plan: Change<unknown> | Action<unknown> },
  { since, progress }: { readonly since: Moment | undefined; readonly progress: Progress },
): Promise<Attempt | 'read again'> {
  const { host, node, link } = target;
  const { batch } = host;
  const start = performance.now();
  return link.exclusive(async () => {
    waitedSince(link, batch.environment.clock, start);
    if (isStale(target, asked, since)) return 'read again';
    host.throwIfEnded();
    host.begun += 1;
    promiseHandlers(host, node);
    const ended = batch.environment.heartbeat.begin(host.name, node);
    const before = progress.sent;
    progress.sent = plan.differences ?? before ?? [];
    if (plan.plan !== 'action') return applyChange(target, asked, plan).finally(ended);
    const attempt = await applyAction(target, asked, plan).finally(ended);
    if (attempt.outcome === 'ok') progress.sent = before;
    return attempt;
  });
}

/** What was asked for happened since: a restart of a unit that was started meanwhile. */
function servedAttempt(plan: Plan<unknown>): Attempt {
  const nothing = { code: 0, stdout: '', stderr: '' };
  const result = plan.plan === 'action' ? plan.result(nothing) : plan.result;
  return {
    outcome: 'ok',
    result: { ...(result as Record<string, unknown>), changed: false },
    notes: ['not needed: it was done after the notification'],
  };
}

async function sameAttempt(
  { host, node }: Target,
  plan: Extract<Plan<unknown>, { plan: 'same' }>,
  { sent }: Progress,
): Promise<Attempt> {
  const checked = isChecked(node, host.batch.environment.options);
  if (plan.wait !== undefined && !checked) {
    await pause(plan.wait, host.signal);
    host.timePassed();
  }
  const changed = sent !== undefined;
  const result = { ...(plan.result as Record<string, unknown>), changed };
  if (plan.failed !== undefined) {
    return { outcome: 'failed', result, notes: plan.notes, failure: { message: plan.failed } };
  }
  if (!changed) return { outcome: 'ok', result, notes: plan.notes };
  return { outcome: 'changed', result, notes: plan.notes, differences: sent };
}
