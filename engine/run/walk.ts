/** One host through its nodes: tasks, blocks with rescue and always, handlers at each flush. */
import { StepError, type Place } from '../errors.ts';
import {
  positionKey,
  type BlockNode,
  type Condition,
  type FlushNode,
  type HandlerNode,
  type Node,
} from '../plan/nodes.ts';
import { evaluateConditions } from './draft.ts';
import type { HostRun } from './host-run.ts';
import { HeldBack, isLoss, StepFailed, type Loss } from './loss.ts';
import type { Evaluated } from './markers.ts';
import { notifyPending } from './notify.ts';
import { roll } from './rolling.ts';
import { runStep } from './step.ts';

/** Where a walk stands: behind which flush, and whether what it does is only perhaps done. */
interface Path {
  readonly flush?: string;
  readonly doubt?: string | undefined;
}

/** @throws StepFailed, UnreachableError, PlayEnded, Interrupted */
export async function walk(host: HostRun, nodes: readonly Node[], path: Path = {}): Promise<void> {
  for (const node of nodes) {
    const position = stand(host, node, path);
    if (node.node === 'flush') await flush(host, node);
    else if (node.node === 'block') await runBlock(host, node, position, path);
    else if (node.selected) await runStep(host, node, { position }, path.doubt);
  }
}

/** Handlers run here, unless the branch or block that the flush stands in is not done. */
async function flush(host: HostRun, node: FlushNode): Promise<void> {
  if (await mayFlush(host, node)) await runHandlers(host, node.id);
}

async function mayFlush(host: HostRun, { when, at }: FlushNode): Promise<boolean> {
  for (;;) {
    const holds = conditionsOf(when, host, at);
    if ('value' in holds) return holds.value;
    if (holds.marker.missing !== 'facts') return holds.marker.missing === 'unknown';
    await host.batch.environment.gatherFacts(holds.marker.host);
  }
}

/** @throws StepError for a condition that throws: a flush is no step that could fail */
function conditionsOf(when: readonly Condition[], host: HostRun, at: Place): Evaluated<boolean> {
  try {
    return evaluateConditions(when, host.view(false));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StepError(message, { at, cause: error });
  }
}

function stand(host: HostRun, node: Node, path: Path): number {
  if (host.heldAt !== undefined) return host.heldAt;
  const position = host.plan.positions.get(positionKey(node.id, path.flush)) ?? -1;
  host.batch.turnstile.stand(host.name, position);
  return position;
}

/** `throttle` and `rolling` hold the whole block. */
async function runBlock(
  host: HostRun,
  block: BlockNode,
  position: number,
  path: Path,
): Promise<void> {
  const held = (): Promise<void> => runHeld(host, block, position, path);
  if (block.rolling) return roll(host, block, { position, flush: path.flush }, held);
  if (block.throttle === undefined) return runParts(host, block, path);
  const one = { host: host.name, id: block.id, atOnce: block.throttle };
  await host.batch.throttled(one, held);
}

/** Inside it nobody waits for hosts that wait outside. */
async function runHeld(
  host: HostRun,
  block: BlockNode,
  position: number,
  path: Path,
): Promise<void> {
  const before = host.heldAt;
  host.heldAt = before ?? position;
  try {
    await runParts(host, block, path);
  } finally {
    host.heldAt = before;
  }
}

async function runParts(host: HostRun, block: BlockNode, path: Path): Promise<void> {
  const before = host.failure;
  try {
    await runTasks(host, block, path);
  } catch (error) {
    // Where the run or the play ended for all, nothing more is done.
    if (isLoss(error)) {
      host.failure = { task: whatFailed(error, block), message: error.message };
      try {
        await walk(host, block.always, path);
      } finally {
        host.failure = before;
      }
    }
    throw error;
  }
  await walk(host, block.always, path);
}

async function runTasks(host: HostRun, block: BlockNode, path: Path): Promise<void> {
  try {
    await walk(host, block.tasks, path);
  } catch (error) {
    if (!isLoss(error) || block.rescue.length === 0) throw error;
    const before = host.failure;
    host.failure = { task: whatFailed(error, block), message: error.message };
    host.rescued(error);
    try {
      await walk(host, block.rescue, path);
    } finally {
      host.failure = before;
    }
  }
}

function whatFailed(error: Loss, block: BlockNode): string {
  if (error instanceof StepFailed) return error.node.task.name;
  return error instanceof HeldBack ? error.block : block.name;
}

/**
 * Notified handlers in the order of their definition; one may notify another.
 * @param flush where they run
 */
export async function runHandlers(host: HostRun, flush: string): Promise<void> {
  for (;;) {
    notifyPending(host, flush);
    const next = host.plan.handlers.find((handler) => host.notified.has(handler.id));
    if (!next) return;
    await runHandler(host, next, flush);
  }
}

async function runHandler(host: HostRun, handler: HandlerNode, flush: string): Promise<void> {
  const { environment } = host.batch;
  const notification = host.notified.get(handler.id);
  const doubt = notification?.because;
  host.notified.delete(handler.id);
  host.serving = notification?.then;
  // A handler that fails stays pending: the next run tries it again.
  await walk(host, [handler.node], { flush, doubt });
  host.pending.delete(handler.id);
  environment.pending.done(host.name, handler.id);
}
