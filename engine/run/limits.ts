/**
 * `anyErrorsFatal` and `maxFailPercentage`: which loss of a host ends the play for all (rule 13,
 * step order).
 */
import { EarlyEnd, UnreachableError } from '../errors.ts';
import type { HostRun } from './host-run.ts';
import { HeldBack, wordOf, type Loss } from './hosts/loss.ts';

/**
 * A loss that nothing can rescue any more: it counts here, not when the host has left, so that what
 * its `always` still does is no time in which others go on. It counts when all hosts are past the
 * earlier steps: else it would be chance what they have done by then.
 */
export async function judgeLoss(host: HostRun, loss: Loss): Promise<void> {
  if (host.judged) return;
  host.judged = true;
  const { batch, name } = host;
  const { anyErrorsFatal, maxFailPercentage } = batch.scope.play.definition;
  // Who is held back has not failed itself.
  if (loss instanceof HeldBack || (!anyErrorsFatal && maxFailPercentage === undefined)) return;
  const at = batch.stepOrder.positionOf(name) ?? -1;
  try {
    await host.turn(at);
  } catch (error) {
    if (!(error instanceof EarlyEnd)) throw error;
  }
  const how = loss instanceof UnreachableError ? wordOf(loss) : 'failed';
  const why = batch.lost(name, how);
  if (why !== undefined) batch.stepOrder.end(why, at);
}
