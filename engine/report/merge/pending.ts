/** Handlers that are pending once several runs, one after another or side by side, are over. */
import type { ShownEvent } from '../shown.ts';
import type { RunReport } from './read.ts';

/** A handler that was notified, or may have to be, and has not run since. */
export type PendingEntry = Omit<
  Extract<ShownEvent, { event: 'handler-pending' }>,
  'event' | 'time' | 'pending'
>;

/** @param runs those of one part in the order of their time */
export function pendingAfter(runs: readonly RunReport[]): readonly PendingEntry[] {
  const pending = new Map<string, PendingEntry>();
  for (const event of runs.flatMap(({ events }) => events)) {
    if (event.event !== 'handler-pending') continue;
    const { host, handler, inventory, target } = event;
    const key = JSON.stringify([inventory, host, target, handler]);
    if (event.pending) pending.set(key, { host, handler, inventory, target });
    else pending.delete(key);
  }
  return [...pending.values()];
}
