/** `runOnce`: the first live host whose condition holds does it, the others take its result. */
import { PlayError, UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { Attempt } from '../step/attempt-result.ts';
import { evaluateWhen } from '../step/prepare.ts';
import type { HostRun } from '../host-run.ts';
import type { Comer } from './arrivals.ts';
import type { OnceEnd } from '../batch.ts';

/** The attempts at a step, and how many there were. */
export interface Done {
  readonly attempt: Attempt;
  readonly count: number;
}

/**
 * @param body the attempts, if this host is the one
 * @returns what this host has to report; undefined when another host did it
 * @throws EarlyEnd; UnreachableError, and then the next host does it
 */
export async function runOnce(
  host: HostRun,
  node: TaskNode,
  position: number,
  body: () => Promise<Done>,
): Promise<Done | undefined> {
  const { batch } = host;
  const key = isPerBatch(node) ? `${node.id} ${batch.number}` : node.id;
  const may = await isCandidate(host, node);
  const arrivals = batch.arrivals(node.id);
  const before = batch.scope.once.get(key);
  const decision = before ? 'over' : await host.waiting(() => arrivals.decide(host, position, may));
  if (decision === 'nobody') return skipped;
  if (decision === 'over') return takeResult(node, before ?? batch.scope.once.get(key), may);
  try {
    const done = await body();
    batch.scope.once.set(key, { by: host.name, attempt: done.attempt });
    publish(host, node, done.attempt);
    arrivals.done();
    return done;
  } catch (error) {
    const others = arrivals.gaveUp();
    if (error instanceof UnreachableError) connectOthers(host, node, others);
    throw error;
  }
}

const skipped: Done = {
  attempt: { outcome: 'skipped', because: 'its condition is false' },
  count: 1,
};

const isPerBatch = (node: TaskNode): boolean => typeof node.options.runOnce === 'object';

/** Whether this host may do it; a condition that waits for something is decided when it runs. */
async function isCandidate(host: HostRun, node: TaskNode): Promise<boolean> {
  for (;;) {
    try {
      const when = evaluateWhen(node, host.view(false));
      if ('value' in when) return when.value;
      if (when.notYet.missing !== 'facts') return true;
      await host.batch.environment.gatherFacts(when.notYet.host);
    } catch (error) {
      if (error instanceof UnreachableError || !(error instanceof PlayError)) throw error;
      return true;
    }
  }
}

/** Where one host is dead, the next ones may be too: they are tried at the same time. */
function connectOthers(host: HostRun, node: TaskNode, others: readonly Comer[]): void {
  const { forks } = host.batch.environment.options;
  for (const other of others.slice(0, forks)) other.connectFor(node);
}

/** Its result is every host's, also of those whose own condition is false. */
function publish(host: HostRun, node: TaskNode, attempt: Attempt): void {
  const { environment, hosts } = host.batch;
  const { outcome, result, because } = attempt;
  const name = node.task.name;
  for (const other of isPerBatch(node) ? hosts : environment.hosts) {
    environment.results.set(other, node.id, { outcome, name, result, because });
  }
}

/** What the one host ended with decides this one too: a failure fails it, and keeps its result. */
function takeResult(node: TaskNode, ended: OnceEnd | undefined, may: boolean): Done | undefined {
  if (ended?.attempt.outcome !== 'failed' || !may) return undefined;
  const message = `'${node.task.name}' failed on ${ended.by}, which ran it for all hosts (runOnce)`;
  const { result } = ended.attempt;
  return {
    attempt: { outcome: 'failed', result, failure: { message, at: node.task.at } },
    count: 1,
  };
}
