/** Notifications: what a step that changes something owes to its handlers (SEMANTICS 15). */
import { UnreachableError } from '../errors.ts';
import type { TaskNode } from '../plan/nodes.ts';
import { fly } from './flight.ts';
import type { HostRun } from './host-run.ts';
import { ConnectionLost } from './link.ts';

/**
 * Before a step changes the host: its notifications are written down, so that they are served even
 * if the controller is killed before it hears how the step ended.
 */
export function promiseHandlers(host: HostRun, node: TaskNode): void {
  const { owed, options } = host.batch.environment;
  if (options.check) return;
  for (const id of node.notify) {
    if (owed.of(host.name).includes(id)) continue;
    owed.add(host.name, id);
    host.promised.add(id);
  }
}

/** The step ended without a change: what was only written down for it is owed no more. */
export function withdrawHandlers(host: HostRun, node: TaskNode): void {
  for (const id of node.notify) {
    if (!host.promised.delete(id) || host.notified.has(id)) continue;
    host.batch.environment.owed.served(host.name, id);
  }
}

/** In plain mode nothing is known of what handlers read: it is asked now, for `served`. */
export async function readForHandlers(host: HostRun, node: TaskNode): Promise<void> {
  const handlers = host.plan.handlers.filter(({ id }) => node.notify.includes(id));
  for (const { become, reads } of handlers.flatMap((handler) => host.readsServed(handler))) {
    try {
      await fly(host.link, { become, own: [], ahead: reads, facts: false });
    } catch (error) {
      // Without them the handler runs, as if nothing had served it.
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
    const doubt = before && before.because === undefined ? undefined : because;
    host.notified.set(id, { because: doubt, then: host.valuesNow(handler) });
    host.promised.delete(id);
    if (!environment.options.check) environment.owed.add(host.name, id);
    environment.emit({
      event: 'handler-notified',
      time: Date.now(),
      host: host.name,
      handler: id,
      by: node.id,
    });
  }
}
