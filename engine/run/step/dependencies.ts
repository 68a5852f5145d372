/** What a lazy value waits for: facts, a result, a host that can be reached. */
import { StepError, UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { unselectedError } from '../../plan/unselected.ts';
import { isChecked } from '../check/checking.ts';
import type { Attempt, NeedsStep } from './attempt-result.ts';
import type { HostRun } from '../host-run.ts';
import type { Missing } from '../../plan/not-yet-known.ts';

/** Waits for what a lazy value needs; an attempt when it decides the step. */
export async function resolveMissing(
  host: HostRun,
  node: TaskNode,
  missing: Missing,
): Promise<Attempt | NeedsStep | undefined> {
  const { environment } = host.batch;
  switch (missing.missing) {
    case 'facts':
      if (missing.optional) await environment.tryFacts(missing.host);
      else await environment.gatherFacts(missing.host);
      return undefined;
    case 'reachable':
      await findReachable(host, node, missing.pattern);
      return undefined;
    case 'skipped':
      return { outcome: 'skipped', because: missing.because };
    case 'unknown':
      if (isChecked(node, environment.options))
        return { outcome: 'unknown', because: missing.because };
      throw new StepError(`nothing is known of ${missing.because}`, {
        at: node.task.at,
        hint: environment.options.shard
          ? 'run the whole without --shard, or do without it'
          : 'add that host to --limit, or use tryResult or tryFactsOf',
      });
    case 'result':
      if (missing.host === host.name) return runDependency(host, node, missing);
      await resultOfOther(host, node, missing);
      return undefined;
  }
}

/** That another host cannot be reached is no loss of this one. */
async function findReachable(host: HostRun, node: TaskNode, pattern: string): Promise<void> {
  try {
    await host.batch.environment.findReachable(pattern);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    throw new StepError(error.message, { at: node.task.at, cause: error });
  }
}

/** @throws StepError when that host will never have it */
async function resultOfOther(
  host: HostRun,
  node: TaskNode,
  missing: Extract<Missing, { missing: 'result' }>,
): Promise<void> {
  const { environment, stepOrder } = host.batch;
  const name = missing.node?.task.name ?? missing.id;
  const there = (): boolean => environment.results.get(missing.host, missing.id) !== undefined;
  const asIn = host.batch.positionOf(missing.host, missing.id);
  const wait = {
    host: host.name,
    hosts: () => [missing.host],
    anyway: host.goesOn,
    refuse: (stuck: readonly string[]) =>
      new StepError(`waits for '${name}' of ${missing.host}, which waits for this host`, {
        at: node.task.at,
        hint: `${stuck.join(', ')} wait for each other: read results of earlier steps only`,
      }),
  };
  const watched = (go: () => void): (() => void) => {
    const stops = [
      environment.results.when(missing.host, missing.id, go),
      stepOrder.whenPast(missing.host, asIn, go),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  };
  await host.waiting(() => stepOrder.wait(wait, watched));
  if (there()) return;
  throw new StepError(`${missing.host} has no result of '${name}'`, {
    at: node.task.at,
    hint: 'it is outside this play, has failed, or runs that step later',
  });
}

/**
 * What is not selected and only reads is asked now; anything else is an error (rule 6, selecting by
 * tag).
 */
function runDependency(
  host: HostRun,
  node: TaskNode,
  missing: Extract<Missing, { missing: 'result' }>,
): NeedsStep {
  const needed = missing.node;
  if (needed && !host.isSelected(needed)) {
    if (needed.task.module.kind === 'action') throw unselectedError(node, needed);
    return { needs: needed };
  }
  const name = needed?.task.name ?? missing.id;
  throw new StepError(`'${node.task.name}' reads the result of '${name}', which has not run`, {
    at: node.task.at,
    hint: 'declare it before the step that reads it, in the same play or an earlier one',
  });
}
