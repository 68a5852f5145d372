/**
 * Where a host must wait for others even if it finds everything as wanted (rule 13, step order):
 * behind
 * steps by which another host may alter what it reads.
 */
import { leavesOf, positionKey, tasksOf, type HostPlan, type TaskNode } from '../../plan/nodes.ts';
import { awaits, reachOf, writesOnController } from '../reads/barrier.ts';
import { isChecked } from '../check/checking.ts';
import type { RunOptions } from '../environment.ts';

/** Every host; what is prepared of the controller's files; else a host's name. */
const everybody = '*';
const controller = '@';

interface Mark {
  readonly at: number;
  /** The one host that does it; undefined: several. */
  by: string | undefined;
}

interface Search {
  /** First mark that was not looked at. */
  next: number;
  position: number;
  /** The last mark before the position that is another host's doing. */
  found: number | undefined;
}

export class Order {
  readonly #marks = new Map<string, Mark[]>();
  readonly #searches = new Map<string, Search>();

  /**
   * @param isLocal whether a host is the controller itself
   * @param options in check, only what is planned for another host counts
   */
  constructor(
    plans: readonly HostPlan[],
    {
      isLocal,
      options,
    }: { readonly isLocal: (host: string) => boolean; readonly options: RunOptions },
  ) {
    if (plans.length < 2) return;
    const found = new Map<string, Map<number, Mark>>();
    for (const { host, node, at } of stepsOf(plans, isLocal)) {
      for (const whom of alteredBy(node, host, isLocal)) {
        const acts = !isChecked(node, options);
        if (!acts && whom === everybody && node.options.on === undefined) continue;
        const marks = found.get(whom) ?? new Map<number, Mark>();
        found.set(whom, marks);
        const mark = marks.get(at);
        if (!mark) marks.set(at, { at, by: host });
        else if (mark.by !== host) mark.by = undefined;
      }
    }
    for (const [whom, marks] of found)
      this.#marks.set(
        whom,
        [...marks.values()].toSorted((a, b) => a.at - b.at),
      );
  }

  /**
   * The position behind the last step before `position` by which another host may alter what
   * `host` reads there: it is certain only when all hosts are past it.
   * @param of which names mean this host; whether the step looks at files of the controller too
   */
  behindOthers(
    host: string,
    position: number,
    {
      isHere,
      prepares,
    }: { readonly isHere: (name: string) => boolean; readonly prepares: boolean },
  ): number | undefined {
    let behind: number | undefined;
    for (const whom of this.#marks.keys()) {
      if (whom === controller ? !prepares : whom !== everybody && !isHere(whom)) continue;
      const last = this.#last(whom, host, position);
      if (last !== undefined) behind = Math.max(behind ?? 0, last);
    }
    return behind;
  }

  /** Hosts only go forward, and so does each search. */
  #last(whom: string, host: string, position: number): number | undefined {
    const marks = this.#marks.get(whom);
    if (!marks) return undefined;
    const key = `${whom} ${host}`;
    const before = this.#searches.get(key);
    const search =
      before && before.position <= position ? before : { next: 0, position, found: undefined };
    this.#searches.set(key, search);
    search.position = position;
    for (;;) {
      const mark = marks[search.next];
      if (!mark || mark.at >= position) return search.found;
      if (mark.by !== host) search.found = mark.at + 1;
      search.next += 1;
    }
  }
}

interface Standing {
  readonly host: string;
  readonly node: TaskNode;
  readonly at: number;
}

/** The selected steps of all hosts; handlers that tell on others, behind each flush. */
function* stepsOf(
  plans: readonly HostPlan[],
  isLocal: (host: string) => boolean,
): Generator<Standing> {
  for (const { host, nodes, handlers, positions } of plans) {
    const onOthers = [...tasksOf(handlers.map((each) => each.node))].filter(
      (node) => alteredBy(node, host, isLocal).length > 0,
    );
    for (const leaf of leavesOf(nodes)) {
      if (leaf.node === 'task') {
        if (leaf.selected) yield { host, node: leaf, at: positions.get(leaf.id) ?? -1 };
        continue;
      }
      for (const node of onOthers) {
        yield { host, node, at: positions.get(positionKey(node.id, leaf.id)) ?? -1 };
      }
    }
  }
}

/** On whose reads a step of `host` may tell. */
function alteredBy(
  node: TaskNode,
  host: string,
  isLocal: (host: string) => boolean,
): readonly string[] {
  const { on } = node.options;
  const reaches = reachOf(node) === 'everywhere' || awaits(node);
  if (reaches || typeof on === 'function') return [everybody, controller];
  const there = on ?? host;
  const writes = writesOnController(node, isLocal(there));
  return [...(there === host ? [] : [there]), ...(writes ? [controller] : [])];
}
