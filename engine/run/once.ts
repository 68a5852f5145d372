/** `runOnce`: the first live host whose condition holds does it, the others take its result. */
import { UnreachableError } from '../errors.ts';
import type { TaskNode } from '../plan/nodes.ts';
import type { Attempt } from './attempt.ts';
import { evaluateWhen } from './draft.ts';
import type { HostRun } from './host-run.ts';
import type { OnceStep } from './play-run.ts';

interface Done {
  readonly attempt: Attempt;
  readonly count: number;
}

/**
 * @param body the attempts, if this host is the one
 * @returns what this host has to report; undefined when another host did it
 * @throws PlayEnded; UnreachableError, and then the next host does it
 */
export async function runOnce(
  host: HostRun,
  node: TaskNode,
  position: number,
  body: () => Promise<Done>,
): Promise<Done | undefined> {
  const { turnstile, scope, number } = host.batch;
  const once = scope.once(isPerBatch(node) ? `${node.id} ${number}` : node.id);
  const may = await isCandidate(host, node);
  (may ? once.candidates : once.passed).add(host.name);
  turnstile.wake();
  const hosts = (): readonly string[] => waitsFor(host, once, position);
  const decided = (): boolean => once.ended !== undefined || hosts().length === 0;
  const wait = { host: host.name, hosts, anyway: host.goesOn };
  await host.waiting(() => turnstile.until(decided, wait));
  if (once.ended) return may || !once.ended.failed ? takeResult(node, once.ended) : skipped;
  if (!may) return skipped;
  try {
    const done = await body();
    once.ended = { by: host.name, failed: done.attempt.outcome === 'failed' };
    publish(host, node, done.attempt);
    return done;
  } catch (error) {
    if (error instanceof UnreachableError) once.candidates.delete(host.name);
    throw error;
  } finally {
    turnstile.wake();
  }
}

const skipped: Done = {
  attempt: { outcome: 'skipped', because: 'its condition is false' },
  count: 1,
};

const isPerBatch = (node: TaskNode): boolean => typeof node.options.runOnce === 'object';

/** A condition that cannot be evaluated is the doing host's to report. */
async function isCandidate(host: HostRun, node: TaskNode): Promise<boolean> {
  for (;;) {
    try {
      const when = evaluateWhen(node, host.view(false));
      if ('value' in when) return when.value;
      if (when.marker.missing !== 'facts') return true;
      await host.batch.environment.gatherFacts(when.marker.host);
    } catch (error) {
      if (error instanceof UnreachableError) throw error;
      return true;
    }
  }
}

/** Live hosts that may still come to the step; when all are there, the first that may do it. */
function waitsFor(host: HostRun, once: OnceStep, position: number): readonly string[] {
  const { turnstile, hosts } = host.batch;
  const live = hosts.filter((name) => turnstile.positionOf(name) !== undefined);
  const coming = live.filter((name) => {
    const there = once.candidates.has(name) || once.passed.has(name);
    return !there && (turnstile.positionOf(name) ?? -1) <= position;
  });
  if (coming.length > 0) return coming;
  const first = live.find((name) => once.candidates.has(name));
  return first === undefined || first === host.name ? [] : [first];
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

/** What the one host ended with decides this one too: a failure fails it. */
function takeResult(
  node: TaskNode,
  ended: { readonly by: string; readonly failed: boolean },
): Done | undefined {
  if (!ended.failed) return undefined;
  const message = `'${node.task.name}' failed on ${ended.by}, which did it for all`;
  return { attempt: { outcome: 'failed', failure: { message, at: node.task.at } }, count: 1 };
}
