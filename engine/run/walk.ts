/** One host through its nodes: tasks, blocks with rescue and always, handlers at each flush. */
import { EarlyEnd, type Place, PlayError, PlayFinished, StepError } from '../errors.ts';
import {
  positionKey,
  type BlockNode,
  type Condition,
  type EachNode,
  type FlushNode,
  type HandlerNode,
  type Node,
  type TaskNode,
} from '../plan/nodes.ts';
import { evaluateConditions } from './step/prepare.ts';
import { waitedSince } from './reads/barrier.ts';
import type { HostRun } from './host-run.ts';
import { judgeLoss } from './limits.ts';
import { HeldBack, HostEnded, isLoss, StepFailed, type Loss } from './hosts/loss.ts';
import type { Evaluated } from '../plan/not-yet-known.ts';
import { notifyPending } from './handlers/notify.ts';
import { roll } from './order/rolling.ts';
import { runStep } from './step/step.ts';

/** Where a walk stands. */
interface Path {
  /** Behind which flush, within a handler. */
  readonly flush?: string;
  /** Why what it does is only perhaps done. */
  readonly uncertainBecause?: string | undefined;
  /** A block around it has a rescue that may still run. */
  readonly rescuable?: boolean;
}

/** @throws Loss, EarlyEnd */
export async function walk(host: HostRun, nodes: readonly Node[], path: Path = {}): Promise<void> {
  for (const node of nodes) {
    try {
      await visit(host, node, path);
    } catch (error) {
      if (isLoss(error) && !path.rescuable) await judgeLoss(host, error);
      throw error;
    }
  }
}

async function visit(host: HostRun, node: Node, path: Path): Promise<void> {
  const position = stand(host, node, path);
  if (node.node === 'flush') await flush(host, node, path);
  else if (node.node === 'block') await runBlock(host, node, position, path);
  else if (host.isSelected(node)) {
    const outcome = await runStep(host, node, { position }, path.uncertainBecause);
    if (node.each && outcome === 'ok') await runItems(host, node, node.each, position, path);
  }
}

/** The steps of the items that an `each` has named; hosts do not wait for each other in them. */
async function runItems(
  host: HostRun,
  node: TaskNode,
  { steps }: EachNode,
  position: number,
  path: Path,
): Promise<void> {
  const nodes = steps();
  host.takeIn(node, nodes);
  await held(host, position, () => walk(host, nodes, path));
}

/**
 * All of the play; what a host that leaves it before has notified still runs.
 * @throws as `walk`
 */
export async function walkPlay(host: HostRun): Promise<void> {
  try {
    await walk(host, host.plan.nodes);
  } catch (error) {
    if (error instanceof HostEnded) return walk(host, host.plan.nodes.slice(-1));
    if (!(error instanceof PlayFinished)) throw error;
    const flush = host.plan.nodes.at(-1)?.id ?? '';
    notifyPending(host, flush);
    host.forced = true;
    await runHandlers(host, flush);
  }
}

/** Handlers run here, unless the branch or block that the flush stands in is not done. */
async function flush(host: HostRun, node: FlushNode, path: Path): Promise<void> {
  if (await mayFlush(host, node)) await runHandlers(host, node.id, path.rescuable);
}

async function mayFlush(host: HostRun, { when, at }: FlushNode): Promise<boolean> {
  for (;;) {
    const holds = conditionsOf(when, host, at);
    if ('value' in holds) return holds.value;
    if (holds.notYet.missing !== 'facts') return holds.notYet.missing === 'unknown';
    await host.batch.environment.gatherFacts(holds.notYet.host);
  }
}

/** @throws StepError for a condition that throws: a flush is no step that could fail */
function conditionsOf(when: readonly Condition[], host: HostRun, at: Place): Evaluated<boolean> {
  try {
    return evaluateConditions(when, host.view(false));
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    throw new StepError(error.message, { at, cause: error });
  }
}

function stand(host: HostRun, node: Node, path: Path): number {
  if (host.heldAt !== undefined) return host.heldAt;
  const position = host.plan.positions.get(positionKey(node.id, path.flush)) ?? -1;
  host.batch.stepOrder.advance(host.name, position);
  return position;
}

/** `throttle` and `rolling` hold the whole block. */
async function runBlock(
  host: HostRun,
  block: BlockNode,
  position: number,
  path: Path,
): Promise<void> {
  const parts = (): Promise<void> =>
    held(host, position, () => runParts(host, block, position, path));
  if (block.rolling) return roll(host, block, { position, flush: path.flush }, parts);
  if (block.throttle === undefined) return runParts(host, block, position, path);
  const one = { host: host.name, id: block.id, atOnce: block.throttle };
  const start = performance.now();
  await host.batch.throttled(one, () => {
    waitedSince(host.link, host.batch.environment.clock, start);
    return parts();
  });
}

/** Inside it nobody waits for hosts that wait outside. */
async function held(host: HostRun, position: number, body: () => Promise<void>): Promise<void> {
  const before = host.heldAt;
  host.heldAt = before ?? position;
  try {
    await body();
  } finally {
    host.heldAt = before;
  }
}

async function runParts(
  host: HostRun,
  block: BlockNode,
  position: number,
  path: Path,
): Promise<void> {
  const { begun } = host;
  const always = (): Promise<void> => host.cleaning(() => walk(host, block.always, path));
  try {
    await runTasks(host, block, path);
  } catch (error) {
    if (isLoss(error)) await knowing(host, block, error, always);
    else if (error instanceof HostEnded) await always();
    else if (host.begun > begun && !host.batch.stepOrder.isBehindEnd(position))
      await cleanUp(host, always);
    throw error;
  }
  await always();
}

/** What fails while the play or the run ends is told, and changes nothing of the end. */
async function cleanUp(host: HostRun, always: () => Promise<void>): Promise<void> {
  try {
    await always();
  } catch (error) {
    if (isLoss(error)) host.failedCleaning ??= error;
    else if (!(error instanceof EarlyEnd)) throw error;
  }
}

async function runTasks(host: HostRun, block: BlockNode, path: Path): Promise<void> {
  try {
    const rescuable = path.rescuable === true || block.rescue.length > 0;
    await walk(host, block.tasks, { ...path, rescuable });
  } catch (error) {
    if (!isLoss(error) || block.rescue.length === 0 || host.hasEnded) throw error;
    host.rescued(error);
    await knowing(host, block, error, () => walk(host, block.rescue, path));
  }
}

/** A rescue, and an always behind what nothing rescued, see what failed. */
async function knowing(
  host: HostRun,
  block: BlockNode,
  loss: Loss,
  body: () => Promise<void>,
): Promise<void> {
  const before = host.failure;
  host.failure = { task: whatFailed(loss, block), message: loss.message };
  try {
    await body();
  } finally {
    host.failure = before;
  }
}

function whatFailed(error: Loss, block: BlockNode): string {
  if (error instanceof StepFailed) return error.node.task.name;
  return error instanceof HeldBack ? error.block : block.name;
}

/**
 * Notified handlers in the order of their definition; one may notify another.
 * @param flush where they run
 * @param rescuable a block around the flush has a rescue
 */
export async function runHandlers(host: HostRun, flush: string, rescuable = false): Promise<void> {
  for (;;) {
    notifyPending(host, flush);
    const next = host.plan.handlers.find((handler) => host.notified.has(handler.id));
    if (!next) return;
    await runHandler(host, next, { flush, rescuable });
  }
}

async function runHandler(host: HostRun, handler: HandlerNode, path: Path): Promise<void> {
  const { environment } = host.batch;
  const notification = host.notified.get(handler.id);
  const uncertainBecause = notification?.because;
  host.notified.delete(handler.id);
  host.valuesWhenNotified = notification?.then;
  // A handler that fails stays pending: the next run tries it again.
  try {
    await walk(host, [handler.node], { ...path, uncertainBecause });
  } catch (error) {
    // The play ended while it waited for its turn: it is notified still.
    if (error instanceof PlayFinished && notification) host.notified.set(handler.id, notification);
    throw error;
  }
  host.pending.delete(handler.id);
  environment.pending.done(host.name, handler.id);
}
