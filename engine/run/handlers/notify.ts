/** Notifications: which handlers a step that changes something has run (rule 15, handlers). */
import type { Play } from '../../dsl/play.ts';
import { UnreachableError } from '../../errors.ts';
import { leavesOf, tasksOf, type HostPlan, type TaskNode } from '../../plan/nodes.ts';
import type { RunEnvironment } from '../environment.ts';
import { sendBatch } from '../reads/read-batch.ts';
import type { HostRun } from '../host-run.ts';
import { ConnectionLost } from '../hosts/link.ts';

/**
 * Before a step changes the host: its notifications are written down, so that they run even
 * if the controller is killed before it hears how the step ended.
 */
export function promiseHandlers(host: HostRun, node: TaskNode): void {
  const { pending } = host.batch.environment;
  for (const id of node.notify) {
    if (pending.has(host.name, id)) continue;
    pending.add(host.name, id);
    host.promised.add(id);
  }
}

/** The step ended without a change: what was only written down for it is pending no more. */
export function withdrawHandlers(host: HostRun, node: TaskNode): void {
  for (const id of node.notify) {
    // What another step has notified was not written down for this one.
    if (host.promised.delete(id)) host.batch.environment.pending.done(host.name, id);
  }
}

/** In plain mode nothing is known of what handlers read: it is asked now, for `alreadySatisfied`. */
export async function readForHandlers(host: HostRun, node: TaskNode): Promise<void> {
  const handlers = host.plan.handlers.filter(({ id }) => node.notify.includes(id));
  for (const { become, reads } of handlers.flatMap((handler) =>
    host.readsOfSatisfaction(handler),
  )) {
    try {
      await sendBatch(host.link, { become, own: [], ahead: reads, facts: false });
    } catch (error) {
      // Without them the handler runs, as if nothing had.
      if (!(error instanceof ConnectionLost || error instanceof UnreachableError)) throw error;
    }
  }
}

/** @param because why they are only perhaps notified (check) */
export function notifyHandlers(host: HostRun, node: TaskNode, because: string | undefined): void {
  const { environment } = host.batch;
  for (const id of node.notify) {
    const handler = host.plan.handlers.find((each) => each.id === id);
    if (!handler) continue;
    const before = host.notified.get(id);
    const uncertainBecause = before && before.because === undefined ? undefined : because;
    host.notified.set(id, { because: uncertainBecause, then: host.valuesNow(handler) });
    host.promised.delete(id);
    environment.pending.add(host.name, id);
    environment.emit({
      event: 'handler-notified',
      time: Date.now(),
      host: host.name,
      handler: id,
      by: node.id,
    });
  }
}

/** Handlers of a play that an earlier run left pending on a host. */
export const pendingOf = (
  host: string,
  play: Play,
  { pending }: RunEnvironment,
): readonly string[] => pending.of(host).filter((id) => id.startsWith(`${play.name}/`));

/**
 * What an earlier run left pending on the host and this play can run: told, or dropped with
 * `--forget-pending`.
 */
export function takePending(host: HostRun): void {
  const { environment, scope } = host.batch;
  const { emit, options, pending } = environment;
  const known = new Set(host.plan.handlers.map((handler) => handler.id));
  const ours = pendingOf(host.name, scope.play, environment);
  if (ours.length === 0) return;
  const tell = (level: 'info' | 'warning', text: string): void =>
    emit({ event: 'message', time: Date.now(), level, host: host.name, text });
  if (options.forgetPending) {
    for (const id of ours) pending.done(host.name, id);
    return tell('info', `pending handlers forgotten: ${ours.join(', ')}`);
  }
  const gone = ours.filter((id) => !known.has(id));
  if (gone.length > 0) {
    const text = `pending from an earlier run, but no handler of this play any more: ${gone.join(', ')}`;
    tell('warning', `${text}; --forget-pending drops it`);
  }
  const handlers = ours.filter((id) => known.has(id));
  if (handlers.length === 0) return;
  for (const id of handlers) host.pending.add(id);
  emit({ event: 'handlers-pending', time: Date.now(), host: host.name, handlers });
}

/**
 * At a flush: what is pending from an earlier run counts as notified once no step or handler still
 * to come can notify it. Until then the very step that mends what it failed of may be to come.
 */
export function notifyPending(host: HostRun, flush: string): void {
  // The step that failed may be the one that mends it, and what follows did not run.
  if (host.forced) return;
  for (const id of host.pending) {
    if (mayStillBeNotified(host, id, flush)) continue;
    host.pending.delete(id);
    if (!host.notified.has(id)) host.notified.set(id, { because: undefined });
  }
}

function mayStillBeNotified(host: HostRun, id: string, flush: string): boolean {
  const ways = waysTo(host.plan, id);
  if ([...ways].some((way) => way !== id && host.notified.has(way))) return true;
  let behind = false;
  for (const node of leavesOf(host.plan.nodes)) {
    if (node.node === 'flush') behind ||= node.id === flush;
    else if (behind && node.selected && node.notify.some((way) => ways.has(way))) return true;
  }
  return false;
}

/** The handler, and those that notify it or one that does. */
function waysTo(plan: HostPlan, id: string): ReadonlySet<string> {
  const ways = new Set([id]);
  for (const way of ways) {
    for (const handler of plan.handlers) {
      const notifies = (node: TaskNode): boolean => node.notify.includes(way);
      if ([...tasksOf([handler.node])].some(notifies)) ways.add(handler.id);
    }
  }
  return ways;
}
