/** What does not end an attempt: a connection that is lost, facts that are not there yet. */
import { EarlyEnd, InternalError, UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { NotYetKnown } from '../../plan/not-yet-known.ts';
import { failsStep, failureOf } from '../failure.ts';
import type { HostRun } from '../host-run.ts';
import { ConnectionLost } from '../hosts/link.ts';
import type { Attempt, NeedsStep } from './attempt-result.ts';

/** Times that a lost connection may be redone within one attempt. */
const lossesAllowed = 3;

/**
 * Makes the attempt again after a lost connection, and once missing facts are there.
 * @throws UnreachableError, EarlyEnd, InternalError; every other failure is an outcome
 */
export async function whileConnected(
  host: HostRun,
  node: TaskNode,
  attempt: () => Promise<Attempt | NeedsStep>,
): Promise<Attempt | NeedsStep> {
  let factsOf: string | undefined;
  for (let losses = 0; ;) {
    try {
      if (factsOf !== undefined) await host.batch.environment.gatherFacts(factsOf);
      factsOf = undefined;
      return await attempt();
    } catch (error) {
      if (error instanceof ConnectionLost) {
        losses += 1;
        if (losses <= lossesAllowed) continue;
        throw new UnreachableError(error.message, { cause: error });
      }
      if (error instanceof NotYetKnown && error.of.missing === 'facts') {
        factsOf = error.of.host;
        continue;
      }
      if (error instanceof UnreachableError || error instanceof EarlyEnd) throw error;
      if (!failsStep(error)) throw new InternalError(error);
      return { outcome: 'failed', failure: failureOf(error, node) };
    }
  }
}
