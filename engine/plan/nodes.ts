/** What collecting makes of a playbook: per play and host a tree of nodes, and one order of all. */
import type { Place } from '../errors.ts';
import type { Play } from '../dsl/play.ts';
import type { EachOptions, Handler, Lazy, Run, Task } from '../dsl/task.ts';
import type { Secret } from '../secrets/secret.ts';

export type Condition = (run: Run) => boolean;

/** Options after everything above has flowed down. */
export interface FlowedOptions {
  readonly tags: readonly string[];
  readonly when: readonly Condition[];
  readonly become: boolean | string | undefined;
  readonly environment: Readonly<Record<string, string | Secret>>;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  /** As the user said it. */
  readonly check: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly secret: boolean;
  /** Seconds, where the user said so. */
  readonly timeout: number | undefined;
  readonly runOnce: boolean | { readonly perBatch: true };
  readonly on: Lazy<string> | undefined;
  readonly throttle: number | undefined;
}

export interface TaskNode {
  readonly node: 'task';
  /** play/role/name */
  readonly id: string;
  readonly play: string;
  readonly role: string | undefined;
  /** Pattern that its role is `on`. */
  readonly roleHosts?: string | undefined;
  readonly task: Task<unknown>;
  readonly options: FlowedOptions;
  readonly notify: readonly string[];
  readonly handler: boolean;
  /** Arguments after the schema, when none is lazy. */
  readonly want: { readonly value: unknown } | undefined;
  readonly selected: boolean;
  /** Key of the item of an `each` that it is for. */
  readonly item?: string;
  /** It is an `each`: the step names the items, and these follow it. */
  readonly each?: EachNode;
}

export interface EachNode {
  /** Of the items that the step has named. */
  readonly steps: () => readonly Node[];
  /** What they may change, where the items are not known. */
  readonly invalidates: EachOptions['invalidates'];
}

export interface BlockNode {
  readonly node: 'block';
  readonly id: string;
  readonly name: string;
  readonly at: Place;
  readonly throttle: number | undefined;
  /** Hosts at once behind the first one. */
  readonly rolling: { readonly atOnce: number } | undefined;
  readonly tasks: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
}

export interface FlushNode {
  readonly node: 'flush';
  readonly id: string;
  /** Of the blocks and branches around it. */
  readonly when: readonly Condition[];
  readonly at: Place;
}

export type Node = TaskNode | BlockNode | FlushNode;

export interface HandlerNode {
  readonly id: string;
  readonly handler: Handler;
  readonly node: TaskNode | BlockNode;
}

/** Everything one host does in one play. */
export interface HostPlan {
  readonly host: string;
  readonly nodes: readonly Node[];
  /** In the order of their definition. */
  readonly handlers: readonly HandlerNode[];
  /** Some of its steps look at facts that are not known yet: they are not here. */
  readonly awaitsFacts: boolean;
  /** Why they never will be: its facts were not to be had. */
  readonly unplanned?: Error;
  /** Where a step stands among all hosts' steps; keys as `positionKey` makes them. */
  positions: ReadonlyMap<string, number>;
}

export interface PlayPlan {
  readonly play: Play;
  /** In the play's `order`. */
  readonly hosts: readonly HostPlan[];
  /** All step ids of all hosts, in the merged order, handlers left out. */
  readonly order: readonly string[];
  /** Whether the inventory has hosts for it, `--limit` aside, or may have when it starts. */
  readonly isMeant: boolean;
  /** Names of tasks of earlier plays that may add hosts or groups: its hosts are not certain yet. */
  readonly addedBy: readonly string[];
  /** `--start-at-task`, where that step is in this play. */
  readonly startsAt?: string;
}

/** Whether some steps are known only when the play starts. */
export const awaitsFacts = ({ hosts }: PlayPlan): boolean => hosts.some((host) => host.awaitsFacts);

/** Key of a step's position: a handler stands once behind each flush. */
export function positionKey(stepId: string, flushId: string | undefined): string {
  return flushId === undefined ? stepId : `${flushId}>${stepId}`;
}

/** The same nodes, with the tasks selected that are chosen and no others. */
export function selecting(
  nodes: readonly Node[],
  isChosen: (node: TaskNode) => boolean,
): readonly Node[] {
  return nodes.map((node): Node => {
    if (node.node === 'flush') return node;
    if (node.node === 'task') {
      const selected = isChosen(node);
      return selected === node.selected ? node : { ...node, selected };
    }
    const [tasks, rescue, always] = [node.tasks, node.rescue, node.always].map((part) =>
      selecting(part, isChosen),
    );
    return { ...node, tasks: tasks ?? [], rescue: rescue ?? [], always: always ?? [] };
  });
}

/** Whether a host has anything to do in a play: one that has not is not connected, nor listed. */
export function takesPart({ nodes, awaitsFacts }: HostPlan, { definition }: Play): boolean {
  if (definition.gatherFacts === true || awaitsFacts) return true;
  for (const node of tasksOf(nodes)) if (node.selected) return true;
  return false;
}

/** All task nodes below some nodes, in the order in which they stand. */
export function* tasksOf(nodes: readonly Node[]): Generator<TaskNode> {
  for (const node of leavesOf(nodes)) if (node.node === 'task') yield node;
}

/** All tasks and flushes below some nodes, in the order in which they stand. */
export function* leavesOf(nodes: readonly Node[]): Generator<TaskNode | FlushNode> {
  for (const node of nodes) {
    if (node.node === 'block') {
      yield* leavesOf(node.tasks);
      yield* leavesOf(node.rescue);
      yield* leavesOf(node.always);
    } else yield node;
  }
}
