/** One attempt at a step: draft, read, plan, wait for the turn, apply, verify (SEMANTICS 16). */
import { StepError, UnreachableError } from '../errors.ts';
import type { Reads } from '../module/module.ts';
import type { Difference, Plan } from '../module/plan.ts';
import type { TaskNode } from '../plan/nodes.ts';
import type { Failure, Outcome } from '../report/events.ts';
import type { Become } from '../transport/transport.ts';
import { applyAct, applyChange } from './apply.ts';
import { ask, type Asked } from './ask.ts';
import { becomeOf } from './become.ts';
import { predictOutcome } from './predict.ts';
import { evaluateWhen, readsOf, type Draft } from './draft.ts';
import { failureOf } from './failure.ts';
import { userKey } from './flight.ts';
import type { HostRun } from './host-run.ts';
import { ConnectionLost, type HostLink } from './link.ts';
import { evaluate, type Missing } from './markers.ts';

/** How an attempt ended, before `until`, `failedWhen` and the like have judged it. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  readonly differences?: readonly Difference[];
  readonly notes?: readonly string[] | undefined;
  readonly because?: string | undefined;
  readonly failure?: Failure | undefined;
}

/** A step on the host where it is done. */
export interface Target {
  readonly host: HostRun;
  readonly node: TaskNode;
  readonly link: HostLink;
  readonly become: Become | undefined;
  readonly draft: Draft;
  readonly stepId: string;
}

/** Where an attempt stands. */
export interface Turn {
  /** The step's place in the order of all hosts. */
  readonly position: number;
  /** Unique within the run. */
  readonly stepId: string;
  /** A further attempt: what the step reads is asked anew. */
  readonly again: boolean;
}

/** Times that a lost connection may be redone within one attempt. */
const lossesAllowed = 3;

/** @throws UnreachableError, PlayEnded; every other failure is an outcome */
export async function attemptStep(host: HostRun, node: TaskNode, turn: Turn): Promise<Attempt> {
  for (let losses = 0; ;) {
    try {
      return await attemptOnce(host, node, turn);
    } catch (error) {
      if (error instanceof ConnectionLost) {
        losses += 1;
        if (losses <= lossesAllowed) continue;
        throw new UnreachableError(error.message, { cause: error });
      }
      if (error instanceof UnreachableError || !isStepFailure(error)) throw error;
      return { outcome: 'failed', failure: failureOf(error, node) };
    }
  }
}

/** What the run itself throws goes through; what users' code and modules throw fails the step. */
function isStepFailure(error: unknown): boolean {
  return !(error instanceof Error && (error.name === 'PlayEnded' || error.name === 'Interrupted'));
}

async function attemptOnce(host: HostRun, node: TaskNode, turn: Turn): Promise<Attempt> {
  for (;;) {
    const drafted = await host.drafts.draft(node, host.view(false));
    if ('skip' in drafted) return { outcome: 'skipped', because: drafted.skip };
    if ('blocked' in drafted) {
      const ended = await resolveMissing(host, node, drafted.blocked, turn.position);
      if (ended) return ended;
      continue;
    }
    const target = await targetOf(host, node, drafted.draft, turn);
    if ('outcome' in target) return target;
    if (turn.again) forgetReads(target);
    const attempt = await planAndApply(target, turn.position);
    if (attempt) return attempt;
  }
}

/** Where the step is done: this host, or the one that `on` names. */
async function targetOf(
  host: HostRun,
  node: TaskNode,
  draft: Draft,
  { position, stepId }: Turn,
): Promise<Target | Attempt> {
  const { environment } = host.batch;
  let link = host.link;
  for (const { on } = node.options; on !== undefined;) {
    const name = typeof on === 'string' ? { value: on } : evaluate(() => on(host.view(false)));
    if ('value' in name) {
      link = environment.link(environment.inventory.host(name.value).name);
      break;
    }
    const ended = await resolveMissing(host, node, name.marker, position);
    if (ended) return ended;
  }
  if (!link.facts && link !== host.link) await environment.gatherFacts(link.name);
  return { host, node, link, become: becomeOf(node, link.connection), draft, stepId };
}

function forgetReads({ host, node, draft, link, become }: Target): void {
  const reads = readsOf(node, draft, host.known(link, become));
  link.state.dropReads(userKey(become), Object.values(reads));
}

/** Reads and plans until the answer holds at the step's turn; undefined: draft again. */
async function planAndApply(target: Target, position: number): Promise<Attempt | undefined> {
  const { host, node, draft, link } = target;
  const module = node.task.module;
  for (;;) {
    const asked = await ask(target);
    if ('ended' in asked) return asked.ended;
    const plan = planOf(target, asked);
    if ('outcome' in plan) return plan;
    const turn = needsTurn(plan, asked.reads) ? position : host.behindDelegation(position);
    if (turn !== undefined) {
      await host.batch.turnstile.turn(turn);
      if (stale(target, asked)) continue;
      // What other hosts did meanwhile may have decided the condition anew.
      const when = evaluateWhen(node, host.view(false));
      if ('value' in when && !when.value) return undefined;
    }
    const then = node.handler ? host.serving?.get(node) : undefined;
    if (then && module.served?.(draft.want, then, asked.values)) return servedAttempt(plan);
    if (plan.plan === 'same') return sameAttempt(plan, host.batch.environment.options.check);
    if (host.batch.environment.options.check) return predictOutcome(target, asked, plan);
    const limit = node.options.throttle;
    const apply = (): Promise<Attempt | undefined> =>
      link.exclusive(async () => {
        if (stale(target, asked)) return undefined;
        host.batch.turnstile.throwIfEnded();
        if (plan.plan === 'change') return applyChange(target, asked, plan);
        return applyAct(target, asked, plan);
      });
    const attempt = await (limit === undefined
      ? apply()
      : host.batch.scope.throttle(node.id, limit)(apply));
    if (attempt) return attempt;
  }
}

/** In check, what cannot be done without something that a planned step may bring is unknown. */
function planOf(
  { host, node, draft, link, stepId }: Target,
  asked: Asked,
): Plan<unknown> | Attempt {
  try {
    return node.task.module.plan(draft.want, asked.values, host.context(node, link, stepId));
  } catch (error) {
    if (!(error instanceof StepError) || !host.batch.environment.options.check) throw error;
    const because = link.state.plannedFor(Object.values(asked.reads));
    if (because === undefined) throw error;
    return { outcome: 'unknown', because };
  }
}

function needsTurn(plan: Plan<unknown>, reads: Reads): boolean {
  if (plan.plan !== 'same') return true;
  return Object.values(reads).some((read) => read.reader.scope === 'shared');
}

function stale(target: Target, asked: Asked): boolean {
  return Object.values(asked.reads).some((read) => !target.link.state.get(asked.user, read));
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
  plan: Extract<Plan<unknown>, { plan: 'same' }>,
  check: boolean,
): Promise<Attempt> {
  if (plan.wait !== undefined && !check) {
    await new Promise((resolve) => setTimeout(resolve, (plan.wait ?? 0) * 1000));
  }
  const result = { ...(plan.result as Record<string, unknown>), changed: false };
  if (plan.failed !== undefined) {
    return { outcome: 'failed', result, notes: plan.notes, failure: { message: plan.failed } };
  }
  return { outcome: 'ok', result, notes: plan.notes };
}

/** Waits for what a lazy value needs; an attempt when it decides the step. */
async function resolveMissing(
  host: HostRun,
  node: TaskNode,
  missing: Missing,
  position: number,
): Promise<Attempt | undefined> {
  const { environment, turnstile } = host.batch;
  switch (missing.missing) {
    case 'facts':
      if (missing.optional) await environment.tryFacts(missing.host);
      else await environment.gatherFacts(missing.host);
      return undefined;
    case 'reachable':
      await environment.findReachable(missing.pattern);
      return undefined;
    case 'skipped':
      return { outcome: 'skipped', because: missing.because };
    case 'unknown':
      if (environment.options.check) return { outcome: 'unknown', because: missing.because };
      throw new StepError(`${missing.because} is not known`, { at: node.task.at });
    case 'result':
      break;
  }
  if (missing.host === host.name) return pullIn(host, node, missing);
  const other = (): boolean =>
    environment.results.get(missing.host, missing.id) !== undefined ||
    (turnstile.positionOf(missing.host) ?? Infinity) > position;
  const stop = environment.results.listen(() => turnstile.wake());
  try {
    await turnstile.until(other);
  } finally {
    stop();
  }
  if (environment.results.get(missing.host, missing.id)) return undefined;
  throw new StepError(
    `${missing.host} has no result of '${missing.node?.task.name ?? missing.id}'`,
    {
      at: node.task.at,
      hint: 'it is outside this play, has failed, or does that step later',
    },
  );
}

/** An unselected query that a selected step reads is asked; anything else is an error (rule 6). */
async function pullIn(
  host: HostRun,
  node: TaskNode,
  missing: Extract<Missing, { missing: 'result' }>,
): Promise<undefined> {
  const needed = missing.node;
  const name = needed?.task.name ?? missing.id;
  if (!needed || needed.selected) {
    throw new StepError(`'${node.task.name}' reads the result of '${name}', which has not run`, {
      at: node.task.at,
      hint: 'declare it before the step that reads it, in the same play or an earlier one',
    });
  }
  if (needed.task.module.kind === 'action') {
    const tags = needed.options.tags.filter((tag) => tag !== 'never');
    throw new StepError(
      `'${node.task.name}' reads the result of '${name}', which is not selected`,
      {
        at: node.task.at,
        hint:
          tags.length > 0 ? `add --tags ${tags.join(',')}` : `give '${name}' a tag and select it`,
      },
    );
  }
  needed.selected = true;
  const attempt = await attemptStep(host, needed, {
    position: -1,
    stepId: `pulled-${Date.now()}`,
    again: false,
  });
  const { outcome, result, because } = attempt;
  host.batch.environment.results.set(host.name, needed.id, {
    outcome,
    name,
    result,
    because,
  });
  return undefined;
}
