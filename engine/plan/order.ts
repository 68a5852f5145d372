/**
 * One order for the steps of all hosts (rule 4, ids): the lists are merged; where two hosts order
 * the same steps differently, the later host keeps its own order between the nearest common ones.
 */
import { PlaybookError } from '../errors.ts';
import {
  positionKey,
  tasksOf,
  type BlockNode,
  type HostPlan,
  type Node,
  type TaskNode,
} from './nodes.ts';
import { resultReads } from './result-reads.ts';

interface Place {
  readonly key: string;
  readonly task: TaskNode | undefined;
}

/**
 * Gives every host its positions.
 * @returns the merged order of step ids, without the places of handlers
 * @throws PlaybookError when steps that need one order have none
 */
export function orderHosts(hosts: readonly HostPlan[]): readonly string[] {
  const order: string[] = [];
  const sequences = new Map<string, { places: readonly Place[]; hosts: HostPlan[] }>();
  for (const host of hosts) {
    const places = placesOf(host);
    const signature = places.map((place) => place.key).join('\n');
    const same = sequences.get(signature);
    if (same) same.hosts.push(host);
    else sequences.set(signature, { places, hosts: [host] });
  }
  for (const { places } of sequences.values()) merge(order, places);
  const index = new Map(order.map((key, position) => [key, position]));
  const shared = sharedTasks(hosts);
  for (const sequence of sequences.values()) {
    const positions = align(sequence.places, index, shared);
    for (const host of sequence.hosts) host.positions = positions;
  }
  return order.filter((key) => !key.includes('>'));
}

function placesOf(host: HostPlan): readonly Place[] {
  const places: Place[] = [];
  const visit = (nodes: readonly Node[], flush: string | undefined): void => {
    for (const node of nodes) {
      const key = positionKey(node.id, flush);
      places.push({ key, task: node.node === 'task' ? node : undefined });
      if (node.node === 'block') visitBlock(node, flush);
      if (node.node === 'flush')
        visit(
          host.handlers.map((each) => each.node),
          node.id,
        );
    }
  };
  const visitBlock = (block: BlockNode, flush: string | undefined): void => {
    for (const part of [block.tasks, block.rescue, block.always]) visit(part, flush);
  };
  visit(host.nodes, undefined);
  return places;
}

/** Inserts what is new before its nearest successor: hosts that come first go first. */
function merge(order: string[], places: readonly Place[]): void {
  const index = new Map(order.map((key, position) => [key, position]));
  const before = new Map<number, string[]>();
  let after = -1;
  let fresh: string[] = [];
  for (const { key } of places) {
    const known = index.get(key);
    if (known === undefined) fresh.push(key);
    else if (known > after) {
      before.set(known, fresh);
      fresh = [];
      after = known;
    }
  }
  const merged = order.flatMap((key, position) => [...(before.get(position) ?? []), key]);
  order.splice(0, order.length, ...merged, ...fresh);
}

function align(
  places: readonly Place[],
  index: ReadonlyMap<string, number>,
  shared: () => ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  let last = -1;
  for (const { key, task } of places) {
    const at = index.get(key) ?? last;
    if (at < last && task) refuseUnaligned(task, shared);
    last = Math.max(last, at);
    positions.set(key, last);
  }
  return positions;
}

function refuseUnaligned(node: TaskNode, shared: () => ReadonlySet<string>): void {
  const { runOnce, throttle } = node.options;
  const what = runOnce ? 'has runOnce' : throttle === undefined ? undefined : 'has throttle';
  const why = what ?? (shared().has(node.id) ? 'has a result that another host reads' : undefined);
  if (why === undefined) return;
  throw new PlaybookError(`'${node.task.name}' has a different order on another host, and ${why}`, {
    at: node.task.at,
    hint: 'declare these steps in the same order for every host',
  });
}

/** Ids of tasks whose results other hosts read; found out only if the order makes it matter. */
function sharedTasks(hosts: readonly HostPlan[]): () => ReadonlySet<string> {
  let known: Set<string> | undefined;
  return () => {
    if (known) return known;
    known = new Set();
    for (const { host, nodes, handlers } of hosts) {
      const all = [...tasksOf(nodes), ...tasksOf(handlers.map((each) => each.node))];
      const ids = new Map(all.map((node) => [node.task, node.id]));
      for (const read of all.flatMap((node) => resultReads(node, host))) {
        const id = read.host === undefined ? undefined : ids.get(read.task);
        if (id !== undefined) known.add(id);
      }
    }
    return known;
  };
}
