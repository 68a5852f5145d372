/** Collects what one host does in one play: runs the generators, gives ids, flows options down. */
import type { z } from 'zod';
import { collecting, isStep, type Declared } from '../dsl/collector.ts';
import type { Play } from '../dsl/play.ts';
import type {
  Block,
  BlockOptions,
  Choose,
  Context,
  Handler,
  Role,
  Run,
  Step,
  Task,
  Uses,
} from '../dsl/task.ts';
import { thrownPlace } from '../dsl/thrown-place.ts';
import { formatPlace, ManyErrors, PlaybookError, PlayError, type Place } from '../errors.ts';
import type { HostView, InventoryView } from '../inventory/view.ts';
import { checkArguments } from './arguments.ts';
import { flow, noOptions } from './flow.ts';
import { tasksOf } from './nodes.ts';
import type { BlockNode, Condition, FlowedOptions, HandlerNode, Node, TaskNode } from './nodes.ts';
import type { RolesSoFar } from './needs.ts';
import { checkOptions } from './options.ts';
import {
  refuseBlock,
  refuseForgotten,
  refuseHandlerTags,
  refuseMisplaced,
  refuseNoStep,
  refuseTask,
} from './refusals.ts';
import { resultReads } from './result-reads.ts';

/** Parses a host's variables for a schema; reports every mistake and returns undefined then. */
export type Validate = (
  host: HostView,
  schema: z.ZodType,
  given: Readonly<Record<string, unknown>>,
  of: { readonly name: string; readonly at: Place },
) => { readonly value: unknown } | undefined;

/** What is being collected: ids and options of everything below it. */
interface Scope {
  readonly play: string;
  readonly role: Role | undefined;
  readonly options: FlowedOptions;
  /** Options of the role or play, without those of blocks. */
  readonly base: FlowedOptions;
  /** Handlers of the blocks around it. */
  readonly notify: readonly string[];
  /** Within a handler. */
  readonly handler?: boolean;
  /** Within a block with `throttle` or `rolling`. */
  readonly held?: boolean;
}

export interface CollectedHost {
  readonly nodes: readonly Node[];
  readonly handlers: readonly HandlerNode[];
}

/** What all hosts of a play have in common. */
export interface PlayScope {
  readonly play: Play;
  readonly inventory: InventoryView;
  readonly validate: Validate;
  /** Names of the hosts of a pattern, as a role is `on` it. */
  readonly hostsOf: (pattern: string) => ReadonlySet<string>;
  /** Hosts that `--limit` leaves out. */
  readonly outside: readonly HostView[];
  readonly roles: RolesSoFar;
}

/** @throws PlaybookError with the place of the mistake */
export function collectHost(host: HostView, of: PlayScope): CollectedHost {
  return new HostCollector(host, of).collect();
}

class HostCollector {
  readonly #host: HostView;
  readonly #of: PlayScope;
  readonly #places = new Map<string, Place>();
  readonly #handlers = new Map<Handler, HandlerNode>();
  readonly #flushes = new Map<string, number>();

  constructor(host: HostView, of: PlayScope) {
    this.#host = host;
    this.#of = of;
  }

  collect(): CollectedHost {
    const { play } = this.#of;
    const { definition, name } = play;
    checkOptions('play', play, definition);
    const options = flow(noOptions, definition);
    const scope: Scope = { play: name, role: undefined, options, base: options, notify: [] };
    const nodes: Node[] = [];
    const vars = definition.vars ? this.#variables(definition.vars, {}, play) : { value: {} };
    const context = vars && this.#context(vars.value, definition.uses);
    const steps = (of: (context: Context<unknown>) => Iterable<Step> | undefined): void => {
      if (context) nodes.push(...this.#generate(() => of(context) ?? [], scope));
    };
    steps((given) => definition.preTasks?.(given));
    for (const role of definition.roles ?? []) nodes.push(...this.#role(role, scope));
    steps((given) => definition.tasks?.(given));
    nodes.push({ node: 'flush', id: `${name}/end of play`, when: [], at: play.at });
    return { nodes, handlers: [...this.#handlers.values()] };
  }

  #variables(
    schema: z.ZodType,
    given: Readonly<Record<string, unknown>>,
    of: { readonly name: string; readonly at: Place },
  ): { readonly value: unknown } | undefined {
    return this.#of.validate(this.#host, schema, given, of);
  }

  #context(vars: unknown, uses: Uses<unknown, Record<string, unknown>> = {}): Context<unknown> {
    const { inventory, outside } = this.#of;
    const context = { vars: deepFreeze(vars), host: this.#host, inventory, outside };
    const used = Object.entries(uses).map(([name, compute]) => [name, compute(context)]);
    return Object.freeze({ ...context, ...Object.fromEntries(used) });
  }

  #role(role: Role, outer: Scope): Node[] {
    checkOptions('role', role, role.definition);
    checkOptions('options of role', role, role.options);
    if (!this.#isFor(role)) return [];
    const vars = this.#variables(role.definition.vars, role.given, role);
    if (!vars) return [];
    const options = flow(outer.options, role.options);
    const scope: Scope = { ...outer, role, options, base: options };
    this.#of.roles.add(role, this.#host.name, this.#of.play);
    const context = this.#context(vars.value, role.definition.uses);
    return this.#generate(() => role.definition.tasks(context), scope);
  }

  #isFor({ hosts, at }: Role): boolean {
    if (hosts === undefined) return true;
    try {
      return this.#of.hostsOf(hosts).has(this.#host.name);
    } catch (error) {
      throw ofHost(error, this.#host.name, at);
    }
  }

  /** Runs a generator with the collector set around each of its steps, and only there. */
  #generate(start: () => Iterable<Step>, scope: Scope): Node[] {
    const declared: Declared[] = [];
    const note = (made: Declared): void => void declared.push(made);
    const used = new Set<Declared>();
    const nodes: Node[] = [];
    const iterator = collecting(note, () => start()[Symbol.iterator]());
    for (;;) {
      const next = collecting(note, () => iterator.next());
      for (const made of declared) if (made.kind === 'handler') this.#handler(made, scope, used);
      if (next.done) break;
      nodes.push(...this.#yielded(next.value, scope, used));
    }
    this.#placeSources(nodes, declared, scope, used);
    refuseForgotten(declared, used);
    return nodes;
  }

  /**
   * What is only read as a result runs right before the first step that reads it (rule 1,
   * collecting).
   */
  #placeSources(
    nodes: Node[],
    declared: readonly Declared[],
    scope: Scope,
    used: Set<Declared>,
  ): void {
    for (let placed = true; placed;) {
      placed = false;
      for (const made of declared) {
        if (made.kind !== 'task' || used.has(made)) continue;
        const reads = (node: TaskNode): boolean =>
          resultReads(node, this.#host.name).some((read) => read.task === made);
        const first = nodes.findIndex((node) => [...tasksOf([node])].some(reads));
        if (first === -1) continue;
        nodes.splice(first, 0, ...this.#step(made, scope, used));
        placed = true;
      }
    }
  }

  #yielded(yielded: Step, scope: Scope, used: Set<Declared>): Node[] {
    if (!isStep(yielded)) {
      const where = scope.role ? `role '${scope.role.name}'` : `play '${scope.play}'`;
      refuseNoStep(`${where} yields`, yielded, scope.role?.at ?? this.#of.play.at);
    }
    return this.#step(yielded, scope, used);
  }

  #step(step: Step, scope: Scope, used: Set<Declared>): Node[] {
    used.add(step);
    refuseMisplaced(step, scope);
    switch (step.kind) {
      case 'task':
        return [this.#task(step, scope, used)];
      case 'block':
        return this.#block(step, scope, used);
      case 'choose':
        return this.#choose(step, scope, used);
      case 'role':
        if (step.from) used.add(step.from);
        return this.#role(step, scope);
      case 'flush': {
        // Counted by role: hosts that have other roles have the same ids in this one.
        const key = `${scope.role?.as} ${step.name}`;
        const count = (this.#flushes.get(key) ?? 0) + 1;
        this.#flushes.set(key, count);
        const id = this.#id(`flush ${count} ${step.name}`, scope, step.at);
        return [{ node: 'flush', id, when: scope.options.when, at: step.at }];
      }
    }
  }

  #task(task: Task<unknown>, scope: Scope, used: Set<Declared>): TaskNode {
    checkOptions('task', task, task.options);
    refuseHandlerTags(task, scope);
    const { handler = false } = scope;
    const options = flow(scope.options, task.options);
    const want = checkArguments(task);
    refuseTask(task, want, options, scope);
    return {
      node: 'task',
      id: this.#id(task.name, scope, task.at),
      play: scope.play,
      role: scope.role?.as,
      roleHosts: scope.role?.hosts,
      task,
      options,
      notify: [...new Set([...scope.notify, ...this.#notified(task.options, scope, used)])],
      handler,
      want,
      selected: true,
    };
  }

  #block(block: Block, scope: Scope, used: Set<Declared>): Node[] {
    checkOptions('block', block, block.options);
    refuseHandlerTags(block, scope);
    refuseBlock(block);
    const { throttle, rolling: rolls, notify: _, ...flowing } = block.options;
    const notify = [...scope.notify, ...this.#notified(block.options, scope, used)];
    const rolling = rolls === true ? { atOnce: 1 } : rolls;
    const held = scope.held || throttle !== undefined || rolling !== undefined;
    const inner: Scope = { ...scope, options: flow(scope.options, flowing), notify, held };
    const list = (steps: readonly Step[] | undefined): Node[] =>
      (steps ?? []).flatMap((step) => this.#step(step, inner, used));
    const tasks = list(block.parts.tasks);
    const rescue = list(block.parts.rescue);
    const always = list(block.parts.always);
    const parted = rescue.length > 0 || always.length > 0;
    if (!parted && !throttle && !rolling && !scope.handler) return tasks;
    const id = this.#id(`block ${block.name}`, scope, block.at);
    const { name, at } = block;
    return [{ node: 'block', id, name, at, throttle, rolling, tasks, rescue, always }];
  }

  #choose(step: Choose, scope: Scope, used: Set<Declared>): Node[] {
    checkOptions('choose', step, step.options);
    const keys = Object.keys(step.branches);
    const chosen = (run: Run): string => {
      const picked = step.pick(run);
      return keys.includes(picked) ? picked : 'default';
    };
    return Object.entries(step.branches).flatMap(([key, steps]) => {
      const condition: Condition = (run) => chosen(run) === key;
      const options = flow(flow(scope.options, step.options), { when: condition });
      const inner: Scope = { ...scope, options };
      return steps.flatMap((each) => this.#step(each, inner, used));
    });
  }

  /** Ids of the handlers that a task or block names. */
  #notified({ notify }: BlockOptions, scope: Scope, used: Set<Declared>): readonly string[] {
    if (notify === undefined) return [];
    const handlers = 'kind' in notify ? [notify] : notify;
    return handlers.map((each) => this.#handler(each, scope, used).id);
  }

  #handler(handler: Handler, scope: Scope, used: Set<Declared>): HandlerNode {
    used.add(handler);
    const known = this.#handlers.get(handler);
    if (known) return known;
    // A handler is not part of the block that happens to notify it.
    const own: Scope = { ...scope, options: scope.base, notify: [], handler: true, held: false };
    const [node] = this.#step(handler.step, own, used) as [TaskNode | BlockNode];
    const id = node.node === 'task' ? node.id : node.id.replace('/block ', '/');
    const made: HandlerNode = { id, handler, node };
    this.#handlers.set(handler, made);
    return made;
  }

  #id(name: string, scope: Scope, at: Place): string {
    const id = [scope.play, scope.role?.as, name].filter((part) => part !== undefined).join('/');
    const first = this.#places.get(id);
    if (first !== undefined) {
      throw new PlaybookError(`'${name}' is declared twice (first at ${formatPlace(first)})`, {
        at,
        hint: 'names are unique in a role: put the loop key in the name, or give a role that is used twice another name: role(vars, { as })',
      });
    }
    this.#places.set(id, at);
    return id;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/** Gives the place to an error that has none: where in the user's code it was thrown. */
export function ofHost(error: unknown, host: string, fallback: Place): PlayError {
  if (error instanceof PlayError && (error.at || error instanceof ManyErrors)) return error;
  const at = (error instanceof Error ? thrownPlace(error) : undefined) ?? fallback;
  if (error instanceof PlayError) {
    return new PlaybookError(error.message, { at, hint: error.hint, cause: error });
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new PlaybookError(`collecting ${host}: ${message}`, { at, cause: error });
}
