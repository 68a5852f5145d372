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
  const { turnstile, scope, number, environment } = host.batch;
  const perBatch = typeof node.options.runOnce === 'object';
  const once = scope.once(perBatch ? `${node.id} ${number}` : node.id);
  if (!(await isCandidate(host, node))) {
    once.passed.add(host.name);
    turnstile.wake();
    return { attempt: { outcome: 'skipped', because: 'its condition is false' }, count: 1 };
  }
  once.candidates.add(host.name);
  turnstile.wake();
  await turnstile.until(() => once.ended !== undefined || isFirst(host, once, position));
  if (once.ended) return takeResult(host, node, once.ended);
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
    void environment;
  }
}

async function isCandidate(host: HostRun, node: TaskNode): Promise<boolean> {
  for (;;) {
    const when = evaluateWhen(node, host.view(false));
    if ('value' in when) return when.value;
    if (when.marker.missing !== 'facts') return true;
    await host.batch.environment.gatherFacts(when.marker.host);
  }
}

/** All live hosts have arrived or passed, and of those that may, this one stands first. */
function isFirst(host: HostRun, once: OnceStep, position: number): boolean {
  const { turnstile, hosts } = host.batch;
  for (const name of hosts) {
    const at = turnstile.positionOf(name);
    if (at === undefined) continue;
    if (once.candidates.has(name)) return name === host.name && arrived(host, once, position);
    if (at <= position && !once.passed.has(name)) return false;
  }
  return false;
}

function arrived(host: HostRun, once: OnceStep, position: number): boolean {
  const { turnstile, hosts } = host.batch;
  return hosts.every((name) => {
    const at = turnstile.positionOf(name);
    return at === undefined || at > position || once.candidates.has(name) || once.passed.has(name);
  });
}

function publish(host: HostRun, node: TaskNode, attempt: Attempt): void {
  const { environment, scope } = host.batch;
  void scope;
  const { outcome, result, because } = attempt;
  const name = node.task.name;
  for (const other of environment.hosts) {
    if (other === host.name || environment.results.get(other, node.id)) continue;
    environment.results.set(other, node.id, { outcome, name, result, because });
  }
}

/** What the one host ended with decides this one too: a failure fails it. */
function takeResult(
  host: HostRun,
  node: TaskNode,
  ended: { readonly by: string; readonly failed: boolean },
): Done | undefined {
  if (!ended.failed) return undefined;
  const message = `'${node.task.name}' failed on ${ended.by}, which did it for all`;
  return { attempt: { outcome: 'failed', failure: { message, at: node.task.at } }, count: 1 };
}
