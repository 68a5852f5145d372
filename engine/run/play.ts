/** One play: its hosts in batches, each batch through all steps and handlers. */
import { StepError, UnreachableError } from '../errors.ts';
import type { Serial } from '../dsl/play.ts';
import type { HostPlan, PlayPlan } from '../plan/nodes.ts';
import type { RunEnvironment } from './environment.ts';
import { failureOf } from './failure.ts';
import { HostRun } from './host-run.ts';
import { HeldBack, isLoss } from './loss.ts';
import { takePending } from './notify.ts';
import { Interrupted } from './pause.ts';
import { BatchRun, PlayScope } from './play-run.ts';
import { PlayEnded, Turnstile } from './turnstile.ts';
import { runHandlers, walk } from './walk.ts';

/** Hosts that are out of the run: they take part in no further play. */
export interface Lost {
  readonly failed: Set<string>;
  readonly unreachable: Set<string>;
}

/** @returns why the play ended for all hosts, if it did. @throws Interrupted */
export async function runPlay(
  plan: PlayPlan,
  environment: RunEnvironment,
  lost: Lost,
): Promise<string | undefined> {
  const scope = new PlayScope(plan.play);
  const hosts = plan.hosts.filter(
    ({ host }) => !lost.failed.has(host) && !lost.unreachable.has(host),
  );
  environment.pending.take(
    hosts.map(({ host }) => host),
    plan.play.name,
  );
  const batches = batchesOf(hosts, plan.play.definition.serial);
  let aborted: string | undefined;
  for (const [index, batchHosts] of batches.entries()) {
    const names = batchHosts.map(({ host }) => host);
    environment.emit({
      event: 'play-start',
      time: Date.now(),
      play: plan.play.name,
      hosts: names,
      batch: index + 1,
      batches: batches.length,
    });
    const turnstile = new Turnstile(names, plan.play.definition.strategy !== 'free');
    const batch = new BatchRun(scope, environment, turnstile, index, batchHosts);
    const runs = batchHosts.map((host) => new HostRun(host, batch));
    for (const run of runs.slice(0, environment.options.forks)) run.connectEarly();
    const ends = await Promise.allSettled(runs.map((run) => runHost(run, lost)));
    aborted = turnstile.ended?.why;
    const thrown = ends.find((end) => end.status === 'rejected');
    if (thrown) throw thrown.reason;
    if (scope.stopped) holdBack(batches.slice(index + 1).flat(), scope.stopped, environment, lost);
    const over = aborted !== undefined || scope.stopped !== undefined;
    if (!over && !names.every((name) => isLost(lost, name))) continue;
    if (!scope.stopped) leaveOut(plan, batches.slice(index + 1), { index, aborted }, environment);
    break;
  }
  if (batches.length > 0) {
    environment.emit({ event: 'play-end', time: Date.now(), play: plan.play.name, aborted });
  }
  return aborted;
}

/** Batches that do not begin are told: nothing else would show that their hosts were meant too. */
function leaveOut(
  { play }: PlayPlan,
  batches: readonly (readonly HostPlan[])[],
  { index, aborted }: { readonly index: number; readonly aborted: string | undefined },
  { emit }: RunEnvironment,
): void {
  const hosts = batches.flat().map(({ host }) => host);
  if (hosts.length === 0) return;
  const why = aborted ?? `no host of batch ${index + 1} is left`;
  emit({ event: 'hosts-left-out', time: Date.now(), play: play.name, hosts, why });
}

const isLost = (lost: Lost, host: string): boolean =>
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
  takePending(host);
  try {
    if (batch.scope.play.definition.gatherFacts !== false && host.plan.nodes.length === 1) {
      await batch.environment.gatherFacts(host.name);
    }
    await walk(host, host.plan.nodes);
  } catch (error) {
    await leave(host, lost, error);
  } finally {
    batch.turnstile.leave(host.name);
    batch.environment.release(host.name, batch.scope.play);
  }
}

/** @throws what ends the whole run */
async function leave(host: HostRun, lost: Lost, error: unknown): Promise<void> {
  const { batch, name } = host;
  const { emit } = batch.environment;
  if (error instanceof UnreachableError) {
    lost.unreachable.add(name);
    const failure = failureOf(error, host.firstTask);
    emit({ event: 'host-unreachable', time: Date.now(), host: name, failure });
    batch.lost(name, 'unreachable');
  } else if (error instanceof HeldBack) {
    lost.failed.add(name);
    batch.turnstile.leave(name);
    await forceHandlers(host);
  } else if (isLoss(error)) {
    // Outside of steps only the facts of a host can fail.
    const text = error.message;
    if (error instanceof StepError)
      emit({ event: 'message', time: Date.now(), level: 'warning', host: name, text });
    lost.failed.add(name);
    await reachTurn(host);
    batch.lost(name, 'failed');
    await forceHandlers(host);
  } else if (!(error instanceof PlayEnded)) {
    batch.turnstile.end('interrupted');
    throw error;
  }
}

/**
 * A failure that may end the play for all counts when all hosts are past the earlier steps: else
 * it would be chance what they have done by then (SEMANTICS 13).
 */
async function reachTurn({ batch, name }: HostRun): Promise<void> {
  const { anyErrorsFatal, maxFailPercentage } = batch.scope.play.definition;
  if (!anyErrorsFatal && maxFailPercentage === undefined) return;
  try {
    await batch.turnstile.turn(batch.turnstile.positionOf(name) ?? -1, name);
  } catch (error) {
    if (!(error instanceof PlayEnded)) throw error;
  }
}

/** With `--force-handlers`, what was notified before the failure is served at once. */
async function forceHandlers(host: HostRun): Promise<void> {
  const { environment, scope } = host.batch;
  if (!(scope.play.definition.forceHandlers ?? environment.options.forceHandlers)) return;
  host.forced = true;
  try {
    await runHandlers(host, `${scope.play.name}/end of play`);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
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
