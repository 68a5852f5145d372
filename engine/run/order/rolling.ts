/** A rolling block on one host. */
import type { BlockNode } from '../../plan/nodes.ts';
import type { HostRun } from '../host-run.ts';
import { HeldBack, isLoss } from '../hosts/loss.ts';

/**
 * Does the block on this host when it is its turn to.
 * @param at the block's place in the order of all hosts, and the flush behind which it stands
 * @throws HeldBack, and what the body throws
 */
export async function roll(
  host: HostRun,
  block: BlockNode,
  at: { readonly position: number; readonly flush: string | undefined },
  body: () => Promise<void>,
): Promise<void> {
  const { scope, stepOrder } = host.batch;
  const { name } = host;
  const rollout = scope.rollout(block);
  // All that take part stand there then: the first of the inventory goes first.
  await host.turn(at.position);
  const arrived = stepOrder.deadlocks.begin({
    host: name,
    hosts: () => rollout.holders,
    any: true,
  });
  try {
    await host.waiting(() => rollout.enter(name, host.batch.indexOf(name), at.flush, arrived));
  } catch (error) {
    if (error instanceof HeldBack) host.heldBack(error);
    throw error;
  }
  const before = host.changes;
  try {
    host.throwIfEnded();
    await body();
    rollout.worked(name, at.flush, host.changes > before);
  } catch (error) {
    if (isLoss(error)) rollout.failed(name);
    else rollout.ended(name);
    throw error;
  }
}
