/** Collects what one host does in one play: runs the generators, gives ids, flows options down. */
import type { z } from 'zod';
import { collecting, isStep, type Declared } from '../../dsl/collector.ts';
import { taskOfEach } from '../../dsl/each-module.ts';
import type { Play } from '../../dsl/play.ts';
import type {
  Block,
  BlockOptions,
  Choose,
  Context,
  Each,
  Gather,
  Handler,
  Role,
  Step,
  Task,
  Uses,
  WithFacts,
} from '../../dsl/task.ts';
import { formatPlace, PlaybookError, type Place } from '../../errors.ts';
import type { HostView, InventoryView } from '../../inventory/view.ts';
import { checkArguments } from '../arguments.ts';
import { branchesOf } from './branches.ts';
import { EachSteps, refuseInEach, type InEach, type Item } from './each.ts';
import { FactsToCome } from './facts-to-come.ts';
import { flow, noOptions } from '../flow.ts';
import { tasksOf } from '../nodes.ts';
import type { BlockNode, FlowedOptions, HandlerNode, Node, TaskNode } from '../nodes.ts';
import type { RolesSoFar } from '../needs.ts';
import { ofHost } from './of-host.ts';
import { checkOptions } from '../options.ts';
import {
  refuseBlock,
  refuseForgotten,
  refuseGather,
  refuseHandlerTags,
  refuseMisplaced,
  refuseNoStep,
  refuseTask,
} from '../refusals.ts';
import { resultReads } from '../result-reads.ts';
import { handlersOf, useUnchosen } from './unchosen.ts';

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
  /** Within the steps of an item. */
  readonly each?: InEach;
}

export interface CollectedHost {
  readonly nodes: readonly Node[];
  readonly handlers: readonly HandlerNode[];
  /** Some steps look at facts of the host that are not known yet: they are left out. */
  readonly awaitsFacts: boolean;
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
  /** Facts that hosts have told, for what is made behind them. */
  readonly facts: (host: string) => WithFacts['facts'] | undefined;
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
  readonly #toCome = new FactsToCome();
  readonly #facts: WithFacts['facts'];

  constructor(host: HostView, of: PlayScope) {
    this.#host = host;
    this.#of = of;
    const facts = of.facts(host.name);
    this.#facts = facts ? deepFreeze(facts) : this.#toCome.facts;
  }

  collect(): CollectedHost {
    const { play } = this.#of;
    const { definition, name } = play;
    checkOptions('play', play, definition);
    refuseGather(play);
    const options = flow(noOptions, definition);
    const scope: Scope = { play: name, role: undefined, options, base: options, notify: [] };
    const nodes: Node[] = [];
    const vars = definition.vars ? this.#variables(definition.vars, {}, play) : { value: {} };
    const context = vars && this.#context(vars.value, definition);
    const steps = (of: (context: Context<unknown>) => Iterable<Step> | undefined): void => {
      if (context) nodes.push(...this.#generate(() => of(context) ?? [], scope));
    };
    steps((given) => definition.preTasks?.(given));
    for (const role of definition.roles ?? []) nodes.push(...this.#role(role, scope));
    steps((given) => definition.tasks?.(given));
    nodes.push({ node: 'flush', id: `${name}/end of play`, when: [], at: play.at });
    const handlers = [...this.#handlers.values()];
    return { nodes, handlers, awaitsFacts: this.#toCome.missed };
  }

  /** Does what may look at facts. @returns undefined where they are not known yet, and it did */
  #known<T>(body: () => T): { readonly value: T } | undefined {
    const made = this.#toCome.unlessLooking(body);
    if (!made) this.#of.roles.mayHaveMore(this.#host.name, this.#of.play);
    return made;
  }

  #variables(
    schema: z.ZodType,
    given: Readonly<Record<string, unknown>>,
    of: { readonly name: string; readonly at: Place },
  ): { readonly value: unknown } | undefined {
    return this.#of.validate(this.#host, schema, given, of);
  }

  /** Undefined where what is used looks at facts that are not known yet. */
  #context(
    vars: unknown,
    of: { readonly uses?: Uses<unknown, Record<string, unknown>>; readonly gather?: Gather },
  ): Context<unknown> | undefined {
    const { inventory, outside } = this.#of;
    const plain = { vars: deepFreeze(vars), host: this.#host, inventory, outside };
    // Only what says so sees them: its type has them.
    const context = { ...plain, ...(of.gather && { facts: this.#facts }) };
    const used = this.#known(() =>
      Object.entries(of.uses ?? {}).map(([name, compute]) => [name, compute(context)] as const),
    );
    return used && Object.freeze({ ...context, ...Object.fromEntries(used.value) });
  }

  #role(role: Role, outer: Scope): Node[] {
    checkOptions('role', role, role.definition);
    checkOptions('options of role', role, role.options);
    refuseGather(this.#of.play, role);
    if (!this.#isFor(role)) return [];
    const vars = this.#variables(role.definition.vars, role.given, role);
    if (!vars) return [];
    const options = flow(outer.options, role.options);
    const scope: Scope = { ...outer, role, options, base: options };
    this.#of.roles.add(role, this.#host.name, this.#of.play);
    const context = this.#context(vars.value, role.definition);
    return context ? this.#generate(() => role.definition.tasks(context), scope) : [];
  }

  #isFor({ hosts, at }: Role): boolean {
    if (hosts === undefined) return true;
    try {
      return this.#of.hostsOf(hosts).has(this.#host.name);
    } catch (error) {
      throw ofHost(error, this.#host.name, at);
    }
  }

  /**
   * Runs a generator with the collector set around each of its steps, and only there; up to where
   * it looks at facts that are not known yet.
   */
  #generate(start: () => Iterable<Step>, scope: Scope): Node[] {
    const declared: Declared[] = [];
    const note = (made: Declared): void => void declared.push(made);
    const used = new Set<Declared>();
    const nodes: Node[] = [];
    const iterator = this.#known(() => collecting(note, () => start()[Symbol.iterator]()));
    for (;;) {
      const next = iterator && this.#known(() => collecting(note, () => iterator.value.next()));
      for (const made of declared) if (made.kind === 'handler') this.#handler(made, scope, used);
      if (!next) return nodes;
      if (next.value.done) break;
      const { value: step } = next.value;
      const yielded = this.#known(() => this.#yielded(step, scope, used));
      if (!yielded) return nodes;
      nodes.push(...yielded.value);
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
          this.#toCome
            .inRun(() => resultReads(node, this.#host.name))
            .some((read) => read.task === made);
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
    if (scope.each) refuseInEach(step);
    switch (step.kind) {
      case 'task':
        return [this.#task(step, scope, used)];
      case 'block':
        return this.#block(step, scope, used);
      case 'choose':
        return this.#choose(step, scope, used);
      case 'each':
        return [this.#each(step, scope, used)];
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
    const options = flow(scope.options, task.options);
    const notify = this.#notifiedWith(task.options, scope, used);
    return this.#taskNode(task, { ...scope, options, notify }, checkArguments(task));
  }

  /** @param scope with its options and what it notifies */
  #taskNode(task: Task<unknown>, scope: Scope, want: TaskNode['want']): TaskNode {
    const { options, notify, handler = false } = scope;
    refuseTask(task, want, options, scope);
    return {
      node: 'task',
      id: this.#id(task.name, scope, task.at),
      play: scope.play,
      role: scope.role?.as,
      roleHosts: scope.role?.hosts,
      task,
      options,
      notify,
      handler,
      want,
      selected: true,
      ...(scope.each?.key !== undefined && { item: scope.each.key }),
    };
  }

  /** Its steps are collected in the run, for the items that are found there. */
  #each(step: Each, scope: Scope, used: Set<Declared>): TaskNode {
    checkOptions('each', step, step.options);
    refuseHandlerTags(step, scope);
    const { notify: _, invalidates, ...flowing } = step.options;
    const options = flow(scope.options, flowing);
    const notify = this.#notifiedWith(step.options, scope, used);
    const steps = new EachSteps(step, (items) =>
      // One host does all of them: none waits for others.
      new HostCollector(this.#host, this.#of).#items(step, items, {
        ...scope,
        options: { ...options, runOnce: false },
        notify,
        each: { id: node.id, key: scope.each?.key },
      }),
    );
    const task = taskOfEach(step, (run) => steps.keysIn(run));
    const node = this.#taskNode(task, { ...scope, options, notify }, undefined);
    return { ...node, each: { steps: () => steps.nodes, invalidates } };
  }

  #items(step: Each, items: readonly Item[], scope: Scope): readonly Node[] {
    const { each: { id, key: outer } = {} } = scope;
    return items.flatMap(({ key, item }) => {
      const each = { id: `${id}[${key}]`, key: outer === undefined ? key : `${outer}, ${key}` };
      return this.#generate(() => step.steps(item), { ...scope, each });
    });
  }

  #block(block: Block, scope: Scope, used: Set<Declared>): Node[] {
    checkOptions('block', block, block.options);
    refuseHandlerTags(block, scope);
    refuseBlock(block);
    const { throttle, rolling: rolls, notify: _, ...flowing } = block.options;
    const notify = this.#notifiedWith(block.options, scope, used);
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
    const { chosen, left } = branchesOf(step);
    for (const steps of left) useUnchosen(steps, used);
    return chosen.flatMap(({ when, steps }) => {
      const options = flow(flow(scope.options, step.options), when ? { when } : {});
      const inner: Scope = { ...scope, options };
      return steps.flatMap((each) => this.#step(each, inner, used));
    });
  }

  /** Ids of the handlers that a step names, and of those that blocks around it do. */
  #notifiedWith(options: BlockOptions, scope: Scope, used: Set<Declared>): readonly string[] {
    const own = handlersOf(options).map((each) => this.#handler(each, scope, used).id);
    return [...new Set([...scope.notify, ...own])];
  }

  #handler(handler: Handler, scope: Scope, used: Set<Declared>): HandlerNode {
    used.add(handler);
    const known = this.#handlers.get(handler);
    if (known) return known;
    if (scope.each) refuseInEach(handler);
    // A handler is not part of the block that happens to notify it.
    const own: Scope = { ...scope, options: scope.base, notify: [], handler: true, held: false };
    const [node] = this.#step(handler.step, own, used) as [TaskNode | BlockNode];
    const id = node.node === 'task' ? node.id : node.id.replace('/block ', '/');
    const made: HandlerNode = { id, handler, node };
    this.#handlers.set(handler, made);
    return made;
  }

  #id(name: string, scope: Scope, at: Place): string {
    const within = scope.each ? [scope.each.id] : [scope.play, scope.role?.as];
    const id = [...within, name].filter((part) => part !== undefined).join('/');
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
