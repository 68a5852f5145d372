/** One play: its hosts in batches, each batch through all steps and handlers. */
import {
  EarlyEnd,
  InternalError,
  Interrupted,
  PlayEnded,
  StepError,
  UnreachableError,
} from '../errors.ts';
import type { Serial } from '../dsl/play.ts';
import { takesPart, type HostPlan, type PlayPlan } from '../plan/nodes.ts';
import type { RunEnvironment } from './environment.ts';
import { failureOf } from './failure.ts';
import { HostRun } from './host-run.ts';
import { judgeLoss } from './limits.ts';
import { isLoss, wordOf, type HeldBack, type Loss } from './hosts/loss.ts';
import { pendingOf, takePending } from './handlers/notify.ts';
import { BatchRun, PlayScope } from './batch.ts';
import { StepOrder } from './order/step-order.ts';
import { runHandlers, walkPlay } from './walk.ts';

/** Hosts that are out of the run: they take part in no further play. */
export interface Lost {
  readonly failed: Set<string>;
  readonly unreachable: Set<string>;
  /** Those of them that another run holds. */
  readonly held: Set<string>;
}

/** @returns why the play ended for all hosts, if it did. @throws Interrupted */
export async function runPlay(
  plan: PlayPlan,
  environment: RunEnvironment,
  lost: Lost,
): Promise<string | undefined> {
  const scope = new PlayScope(plan.play);
  const able = plan.hosts.filter(
    ({ host }) => !lost.failed.has(host) && !lost.unreachable.has(host),
  );
  environment.pending.take(
    able.map(({ host }) => host),
    plan.play.name,
  );
  const hosts = able.filter(
    (host) => takesPart(host, plan.play) || pendingOf(host.host, plan.play, environment).length > 0,
  );
  if (hosts.length === 0 && able.length > 0) tellIdle(plan, environment);
  const batches = batchesOf(hosts, plan.play.definition.serial);
  let aborted: string | undefined;
  try {
    for (const [index, batch] of batches.entries()) {
      aborted = await runBatch(batch, { scope, index, batches: batches.length, lost }, environment);
      const { stopped } = scope;
      if (stopped) holdBack(batches.slice(index + 1).flat(), stopped, environment, lost);
      const { finished } = scope;
      const over = [aborted, stopped, finished].some((why) => why !== undefined);
      if (!over && !batch.every(({ host }) => isLost(lost, host))) continue;
      if (!stopped)
        leaveOut(plan, batches.slice(index + 1), { index, why: aborted ?? finished }, environment);
      break;
    }
  } catch (error) {
    aborted = error instanceof EarlyEnd ? error.message : 'internal error';
    throw error;
  } finally {
    if (batches.length > 0)
      environment.emit({ event: 'play-end', time: Date.now(), play: plan.play.name, aborted });
  }
  return aborted;
}

/** Nothing is shown of a play in which nobody has anything to do, unless more is asked for. */
function tellIdle({ play }: PlayPlan, { emit }: RunEnvironment): void {
  const text = `no host has anything to do in the play '${play.name}'`;
  emit({ event: 'message', time: Date.now(), level: 'detail', text });
}

/** Batches that do not begin are told: nothing else would show that their hosts were meant too. */
function leaveOut(
  { play }: PlayPlan,
  batches: readonly (readonly HostPlan[])[],
  { index, why: reason }: { readonly index: number; readonly why: string | undefined },
  { emit }: RunEnvironment,
): void {
  const hosts = batches.flat().map(({ host }) => host);
  if (hosts.length === 0) return;
  const why = reason ?? `no host of batch ${index + 1} is left`;
  emit({ event: 'hosts-left-out', time: Date.now(), play: play.name, hosts, why });
}

/** Where a batch stands in its play. */
interface BatchPlace {
  readonly scope: PlayScope;
  readonly index: number;
  readonly batches: number;
  readonly lost: Lost;
}

/** @returns why the play ended for all hosts, if it did. @throws Interrupted, InternalError */
async function runBatch(
  hosts: readonly HostPlan[],
  { scope, index, batches, lost }: BatchPlace,
  environment: RunEnvironment,
): Promise<string | undefined> {
  const { soft, forks } = environment.options;
  const { play } = scope;
  const names = hosts.map(({ host }) => host);
  environment.emit({
    event: 'play-start',
    time: Date.now(),
    play: play.name,
    hosts: names,
    batch: index + 1,
    batches,
  });
  const stepOrder = new StepOrder(names, play.definition.strategy !== 'free');
  const batch = new BatchRun(scope, environment, stepOrder, index, hosts);
  const runs = hosts.map((host) => new HostRun(host, batch));
  for (const run of runs.slice(0, forks)) run.connectEarly();
  // Who waits for others hears of it at once, not when these have ended.
  const interrupt = (): void => stepOrder.end(new Interrupted());
  if (soft.aborted) interrupt();
  soft.addEventListener('abort', interrupt, { once: true });
  const ends = await Promise.allSettled(runs.map((run) => runHost(run, lost)));
  soft.removeEventListener('abort', interrupt);
  const thrown = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  // A bug is told before the interruption.
  const first = thrown.find((error) => !(error instanceof EarlyEnd)) ?? thrown[0];
  if (first !== undefined) throw first;
  return stepOrder.ended instanceof PlayEnded ? stepOrder.ended.message : undefined;
}

export const isLost = (lost: Lost, host: string): boolean =>
  lost.failed.has(host) || lost.unreachable.has(host);

/** What later batches would roll out failed in an earlier one: they do not begin. */
function holdBack(
  hosts: readonly HostPlan[],
  { block, failedOn }: HeldBack,
  { emit }: RunEnvironment,
  lost: Lost,
): void {
  for (const { host } of hosts) {
    emit({ event: 'host-held-back', time: Date.now(), host, block, failedOn });
    lost.failed.add(host);
  }
}

async function runHost(host: HostRun, lost: Lost): Promise<void> {
  const { batch } = host;
  const { unplanned } = host.plan;
  if (!unplanned) takePending(host);
  try {
    if (unplanned) throw unplanned;
    if (batch.scope.play.definition.gatherFacts === true && host.plan.nodes.length === 1) {
      await batch.environment.gatherFacts(host.name);
    }
    await walkPlay(host);
  } catch (error) {
    await leave(host, lost, error);
  } finally {
    batch.stepOrder.leave(host.name);
    batch.environment.release(host.name, batch.scope.play);
  }
}

/** @throws what ends the whole run */
async function leave(host: HostRun, lost: Lost, error: unknown): Promise<void> {
  const { batch, name } = host;
  const loss = isLoss(error) ? error : host.failedCleaning;
  if (loss) await lose(host, lost, loss);
  if (isLoss(error)) return forceHandlers(host);
  if (error instanceof PlayEnded) return;
  batch.stepOrder.end(error instanceof EarlyEnd ? error : `internal error on ${name}`);
  throw error instanceof EarlyEnd || error instanceof InternalError
    ? error
    : new InternalError(error);
}

/** The host takes part in no further play. */
async function lose(host: HostRun, lost: Lost, loss: Loss): Promise<void> {
  const { batch, name } = host;
  const { emit } = batch.environment;
  // Nearly every loss was judged where it happened; not what precedes the first step.
  await judgeLoss(host, loss);
  batch.stepOrder.leave(name);
  if (loss instanceof UnreachableError) {
    lost.unreachable.add(name);
    const word = wordOf(loss);
    if (word === 'locked') lost.held.add(name);
    const failure = failureOf(loss, host.firstTask);
    emit({ event: `host-${word}`, time: Date.now(), host: name, failure });
    return;
  }
  lost.failed.add(name);
  // Outside of steps only the facts of a host and the condition of a flush can fail.
  if (loss instanceof StepError) {
    const text = loss.message;
    emit({ event: 'message', time: Date.now(), level: 'warning', host: name, text });
  }
}

/** With `--force-handlers`, what was notified before the failure runs at once. */
async function forceHandlers(host: HostRun): Promise<void> {
  const { environment, scope } = host.batch;
  if (!(scope.play.definition.forceHandlers ?? environment.options.forceHandlers)) return;
  host.forced = true;
  try {
    await runHandlers(host, `${scope.play.name}/end of play`);
  } catch (error) {
    if (!isLoss(error) && !(error instanceof PlayEnded)) throw error;
  }
}

/** Sizes are of the play's hosts; the last one repeats. */
export function batchesOf(hosts: readonly HostPlan[], serial: Serial | undefined): HostPlan[][] {
  if (hosts.length === 0) return [];
  if (serial === undefined) return [[...hosts]];
  const sizes = Array.isArray(serial) ? serial : [serial as number | `${number}%`];
  const batches: HostPlan[][] = [];
  for (let from = 0; from < hosts.length;) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)] ?? hosts.length;
    const count =
      typeof size === 'number' ? size : Math.floor((hosts.length * Number.parseFloat(size)) / 100);
    batches.push(hosts.slice(from, from + Math.max(1, count)));
    from += Math.max(1, count);
  }
  return batches;
}
