/**
 * The one rule of what ends reading ahead (rule 11, what ends reading ahead): whatever is no pure
 * read of a host makes
 * stale what was read before, unless the step says what it invalidates.
 *
 * - What a step invalidates is stale on the host where it is done and on the host that asked.
 * - An action that does not say so reaches everywhere: nothing that was read before is believed on
 *   any host, nor of the controller's files.
 * - What writes on the controller (`local`, `fetch`, steps on localhost) makes its files stale.
 * - Time that passes in a play makes all of that host's values stale: see `timePassed`; where a
 *   step is there to wait, those of all hosts: see `awaited`.
 * - Behind a step that another host may do to it a host waits until all are past: see `order.ts`.
 */
import type { Reach } from '../../module/module.ts';
import type { Invalidates } from '../../module/plan.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { Clock } from '../state/clock.ts';
import type { Alteration } from '../state/host-state.ts';
import type { HostLink } from '../hosts/link.ts';

/** Milliseconds from which on a wait for others counts as time that passed. */
const longWait = 1000;

export function reachOf({ task }: TaskNode): Reach {
  const { module, args } = task;
  return module.reach?.(args) ?? (module.kind === 'action' ? 'everywhere' : 'host');
}

/** Whether the step writes files of the controller; other actions might, but do not say so. */
export function writesOnController(node: TaskNode, isLocal: boolean): boolean {
  const { kind } = node.task.module;
  const reach = reachOf(node);
  if (kind === 'control') return reach !== 'host';
  return reach === 'controller' || isLocal;
}

/** A step, the host that asked for it, and the one that does it. */
interface DoneOn {
  readonly host: { readonly link: HostLink };
  readonly node: TaskNode;
  readonly link: HostLink;
}

/** What a step says that it invalidates, and where that is. */
export function alterationOf(
  { host, node, link }: DoneOn,
  invalidates: Invalidates | undefined = 'everything',
): Alteration {
  const reach = reachOf(node);
  const everywhere = reach === 'everywhere' && invalidates === 'everything';
  const files = reach === 'controller' || link.isController;
  return { invalidates, everywhere, files, asker: host.link.state };
}

/** Time passed for the play on a host: what was read there before may be another by now. */
export function timePassed(link: HostLink, clock: Clock): void {
  link.state.drop('everything');
  clock.waited();
}

/** Whether the step lets time pass: others behind it count on that, on every host. */
export function awaits({ task }: TaskNode): boolean {
  const { module, options } = task;
  return module.waits === true || options.until !== undefined || (options.retries ?? 0) > 0;
}

/**
 * A step that waits has ended. Also where it had not to wait, what was read in the same write, and
 * before, may be older than its answer. Only what the run has set going counts.
 */
export function awaited(link: HostLink, clock: Clock): void {
  if (clock.now.changes === 0) return;
  timePassed(link, clock);
  clock.elapsed();
}

/**
 * Waits for others: their turn, a throttle, a result. Where that took long, and something of the
 * run may go on meanwhile, it was time that passed.
 */
export async function waiting<T>(link: HostLink, clock: Clock, wait: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await wait();
  } finally {
    waitedSince(link, clock, start);
  }
}

/** @param start when the wait began, as `performance.now()` says it */
export function waitedSince(link: HostLink, clock: Clock, start: number): void {
  if (isLong(start) && clock.now.changes > 0) timePassed(link, clock);
}

export const isLong = (start: number): boolean => performance.now() - start >= longWait;
