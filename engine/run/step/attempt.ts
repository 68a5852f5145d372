/** One attempt at a step: draft, read, plan, wait for the turn, apply, verify (SEMANTICS 16). */
import { EarlyEnd, InternalError, StepError, UnreachableError } from '../../errors.ts';
import type { Reads } from '../../module/module.ts';
import type { Act, Change, Plan } from '../../module/plan.ts';
import { requireReferences } from '../../module/reference.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { unselectedError } from '../../plan/unselected.ts';
import { holdsSecret } from '../../secrets/holds-secret.ts';
import { isChecked } from '../check/checking.ts';
import { applyAct, applyChange } from '../change/apply.ts';
import { ask, type Asked } from '../reads/ask.ts';
import { waitedSince, waiting } from '../reads/barrier.ts';
import { becomeOf } from './become.ts';
import type { Moment } from '../state/clock.ts';
import { predictOutcome } from '../check/predict.ts';
import { evaluateWhen, readsOf, type Draft } from './prepare.ts';
import { failsStep, failureOf } from '../failure.ts';
import { userKey } from '../reads/read-batch.ts';
import type { HostRun } from '../host-run.ts';
import { ConnectionLost } from '../hosts/link.ts';
import { evaluate, Marker } from '../../plan/not-yet-known.ts';
import { resolveMissing } from './dependencies.ts';
import { promiseHandlers } from '../handlers/notify.ts';
import { pause, unlessInterrupted } from '../pause.ts';
import { planStep } from '../change/plan-step.ts';
import { type Target, type Turn, type Progress } from './target.ts';
import { type Attempt, type NeedsStep } from './attempt-end.ts';

/** Times that a lost connection may be redone within one attempt. */
const lossesAllowed = 3;

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
  const attempt = await attemptConnected(host, node, turn);
  if ('needs' in attempt || attempt.outcome !== 'failed') return attempt;
  const hasActed = host.begun > begun || turn.progress.sent !== undefined;
  if (hasActed || !host.isAhead(turn.position)) return attempt;
  await host.turn(turn.position);
  return attempt;
}

/** An attempt that a lost connection or missing facts do not end. */
async function attemptConnected(
  host: HostRun,
  node: TaskNode,
  turn: Turn,
): Promise<Attempt | NeedsStep> {
  let factsOf: string | undefined;
  for (let losses = 0; ;) {
    try {
      if (factsOf !== undefined) await host.batch.environment.gatherFacts(factsOf);
      factsOf = undefined;
      return await attemptOnce(host, node, turn);
    } catch (error) {
      if (error instanceof ConnectionLost) {
        losses += 1;
        if (losses <= lossesAllowed) continue;
        throw new UnreachableError(error.message, { cause: error });
      }
      if (error instanceof Marker && error.of.missing === 'facts') {
        factsOf = error.of.host;
        continue;
      }
      if (error instanceof UnreachableError || error instanceof EarlyEnd) throw error;
      if (!failsStep(error)) throw new InternalError(error);
      return { outcome: 'failed', failure: failureOf(error, node) };
    }
  }
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
  if (!lookahead || turn.again) host.drafts.forget(node);
  for (;;) {
    const drafted = await host.drafts.draft(node, host.view(false), { since: claim.since });
    if ('skip' in drafted) return { outcome: 'skipped', because: drafted.skip };
    if ('blocked' in drafted) {
      const ended = await resolveMissing(host, node, drafted.blocked);
      if (ended) return ended;
      continue;
    }
    const target = await targetOf(host, node, drafted.draft, turn);
    if (!('link' in target)) return target;
    if (!lookahead) target.link.state.drop('everything');
    else if (turn.again) forgetReads(target);
    const attempt = await planAndApply(target, turn, claim);
    if (!attempt) continue;
    const on = target.link === host.link ? {} : { on: target.link.name };
    return { ...attempt, ...on, ofSecrets: holdsSecret(target.draft.want) };
  }
}

/** Where the step is done: this host, or the one that `on` names. */
async function targetOf(
  host: HostRun,
  node: TaskNode,
  draft: Draft,
  { stepId }: Turn,
): Promise<Target | Attempt | NeedsStep> {
  const { environment } = host.batch;
  let link = host.link;
  for (const { on } = node.options; on !== undefined;) {
    const name = typeof on === 'string' ? { value: on } : evaluate(() => on(host.view(false)));
    if ('value' in name) {
      link = environment.link(environment.inventory.host(name.value).name);
      break;
    }
    const ended = await resolveMissing(host, node, name.marker);
    if (ended) return ended;
  }
  return { host, node, link, become: becomeOf(node, link.connection), draft, stepId };
}

function forgetReads({ host, node, draft, link, become }: Target): void {
  const reads = readsOf(node, draft, host.known(link, become));
  link.state.dropReads(userKey(become), Object.values(reads));
}

/** What an attempt has got hold of. */
interface Claim {
  /** When its turn came: what was prepared or asked from then on holds for it. */
  since?: Moment;
  /** It is inside its throttle. */
  throttled?: boolean;
}

/** Reads and plans until the answer holds at the step's turn; undefined: draft again. */
async function planAndApply(
  target: Target,
  turn: Turn,
  claim: Claim,
): Promise<Attempt | undefined> {
  const { host, node, draft, link } = target;
  const { options, clock } = host.batch.environment;
  const checked = isChecked(node, options);
  const { module } = node.task;
  for (let asks = 1; ; asks += 1) {
    const looking = { since: claim.since, ahead: !turn.again };
    const asked = await unlessInterrupted(ask(target, looking), host.signal);
    if ('ended' in asked) return asked.ended;
    const plan = planOf(target, asked);
    if ('outcome' in plan) return plan;
    if (plan.plan !== 'same' && turn.pulledInBy) throw unselectedError(turn.pulledInBy, node);
    if (needsTurn(plan, asked.reads)) {
      await waiting(link, clock, () => host.turn(turn.position));
      claim.since ??= clock.now;
      if (draft.files !== undefined && draft.files < claim.since.files) return undefined;
      if (stale(target, asked, claim.since)) continue;
      // What other hosts did meanwhile may have decided the condition anew, or made it unknown.
      const when = evaluateWhen(node, host.view(false));
      if ('value' in when && !when.value) return undefined;
      const again = checked
        ? await unlessInterrupted(ask(target, { since: claim.since }), host.signal)
        : asked;
      if ('ended' in again) return again.ended;
      if (!isSame(again, asked)) continue;
    }
    const then = node.handler ? host.serving?.get(node) : undefined;
    if (then && module.served?.(draft.want, then, asked.values)) return servedAttempt(plan);
    if (plan.plan === 'same') {
      // A failure that was read ahead of its turn is no failure yet (rule 12).
      if (plan.failed === undefined || !asked.ahead || asks > 1) {
        // Nobody is kept from an earlier step.
        if (module.ends === 'batch' || module.ends === 'play') await host.turn(turn.position);
        if (module.refreshesFacts) await host.batch.environment.refreshFacts(target.link.name);
        const attempt = await sameAttempt(target, plan, turn.progress);
        return module.adds ? { ...attempt, adds: module.adds(draft.want) } : attempt;
      }
      forgetReads(target);
      continue;
    }
    if (checked) return await predictOutcome(target, asked, plan);
    const { throttle } = node.options;
    if (throttle !== undefined && !claim.throttled) {
      const one = { host: host.name, id: node.id, atOnce: throttle };
      const start = performance.now();
      return await host.batch.throttled(one, () => {
        waitedSince(link, clock, start);
        return planAndApply(target, turn, { ...claim, throttled: true });
      });
    }
    const attempt = await applyAtTurn(target, asked, plan, { ...claim, progress: turn.progress });
    if (attempt) return attempt;
  }
}

/** Applies what still holds when the host is free; undefined: plan again. */
async function applyAtTurn(
  target: Target,
  asked: Asked,
  plan: Change<unknown> | Act<unknown>,
  { since, progress }: Claim & { readonly progress: Progress },
): Promise<Attempt | undefined> {
  const { host, node, link } = target;
  const { batch } = host;
  const start = performance.now();
  return link.exclusive(async () => {
    waitedSince(link, batch.environment.clock, start);
    if (stale(target, asked, since)) return undefined;
    host.throwIfEnded();
    host.begun += 1;
    promiseHandlers(host, node);
    const ended = batch.environment.heartbeat.begin(host.name, node);
    const before = progress.sent;
    progress.sent = plan.differences ?? before ?? [];
    if (plan.plan !== 'act') return applyChange(target, asked, plan).finally(ended);
    const attempt = await applyAct(target, asked, plan).finally(ended);
    if (attempt.outcome === 'ok') progress.sent = before;
    return attempt;
  });
}

/** In check, what cannot be done without something that a planned step may bring is unknown. */
function planOf(target: Target, asked: Asked): Plan<unknown> | Attempt {
  const { node, draft } = target;
  try {
    const plan = planStep(target, asked);
    if (plan.plan !== 'same')
      requireReferences(node.task.module.refers?.(draft.want) ?? {}, asked.references);
    if (plan.plan !== 'same' || plan.failed === undefined) return plan;
    return broughtLater(target, asked) ?? plan;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const unknown = broughtLater(target, asked);
    if (!unknown) throw error;
    return unknown;
  }
}

function broughtLater({ host, node, link }: Target, asked: Asked): Attempt | undefined {
  if (!isChecked(node, host.batch.environment.options)) return undefined;
  const because = link.state.plannedFor(asked.user, Object.values(asked.reads));
  return because === undefined ? undefined : { outcome: 'unknown', because };
}

function needsTurn(plan: Plan<unknown>, reads: Reads): boolean {
  if (plan.plan !== 'same') return true;
  return Object.values(reads).some((read) => read.reader.scope === 'shared');
}

function isSame(again: Asked, asked: Asked): boolean {
  const isEqual = (field: 'values' | 'references'): boolean =>
    Object.entries(again[field]).every(([name, value]) => value === asked[field][name]);
  return isEqual('values') && isEqual('references');
}

/** @param since when the step's turn came */
function stale({ link }: Target, { reads, user }: Asked, since: Moment | undefined): boolean {
  return Object.values(reads).some((read) => !link.state.get(user, read, since));
}

/** What was asked for happened since: a restart of a unit that was started meanwhile. */
function servedAttempt(plan: Plan<unknown>): Attempt {
  const nothing = { code: 0, stdout: '', stderr: '' };
  const result = plan.plan === 'act' ? plan.result(nothing) : plan.result;
  return {
    outcome: 'ok',
    result: { ...(result as Record<string, unknown>), changed: false },
    notes: ['served already since it was notified'],
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
