/** A step made ready to ask: conditions and arguments evaluated, content prepared, reads listed. */
import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../../dsl/task.ts';
import type { Controller, Known, Reads } from '../../module/module.ts';
import type { Read } from '../../module/reader.ts';
import { parseArguments } from '../../plan/arguments.ts';
import { refuseBareAction } from '../../plan/refusals.ts';
import type { Condition, TaskNode } from '../../plan/nodes.ts';
import { plainEnvironment } from './plain-environment.ts';
import type { Clock, Moment } from '../state/clock.ts';
import { evaluate, NotYetKnown, type Evaluated, type Missing } from '../../plan/not-yet-known.ts';
import { listening, withoutToldPaths, type Heard } from '../../controller/told-paths.ts';

/** Arguments as the module wants them. */
export interface PreparedStep {
  readonly args: Readonly<Record<string, unknown>>;
  readonly want: unknown;
  /** As of which moment of the controller's files it was prepared; undefined: it looks at none. */
  readonly files?: number | undefined;
}

export type Drafted =
  | { readonly prepared: PreparedStep }
  | { readonly skip: string }
  | { readonly blocked: Missing };

/** Prepared steps by node, so that what a read batch prepared is not prepared again at its turn. */
export class PreparedSteps {
  readonly #kept = new Map<TaskNode, PreparedStep>();
  readonly #clock: Clock;
  readonly #controllerOf: (node: TaskNode, ahead: boolean) => Controller;

  constructor(clock: Clock, controllerOf: (node: TaskNode, ahead: boolean) => Controller) {
    this.#clock = clock;
    this.#controllerOf = controllerOf;
  }

  /**
   * @param at what was prepared from the moment `since` on holds, default now; `ahead` of its turn
   * @throws PlaybookError for bad lazy arguments, and whatever the user's functions or `prepare`
   * throw
   */
  async prepare(
    node: TaskNode,
    run: Run,
    {
      since = this.#clock.now,
      ahead = false,
    }: { since?: Moment | undefined; ahead?: boolean } = {},
  ): Promise<Drafted> {
    const when = evaluateWhen(node, run);
    if ('notYet' in when) return { blocked: when.notYet };
    if (!when.value) return { skip: 'its condition is false' };
    const told = new Map<string, Heard>();
    const args = evaluateArguments(node, run, told);
    if ('notYet' in args) return { blocked: args.notYet };
    const kept = this.#kept.get(node);
    if (kept && isCurrent(kept, since) && (node.want || isDeepStrictEqual(kept.args, args.value)))
      return { prepared: kept };
    const parsed = node.want ? node.want.value : parseArguments(node.task, args.value);
    if (!node.want) refuseBareAction(node.task, { value: parsed }, isConditional(node));
    const ready = await this.#prepare(node, { args: args.value, want: parsed }, told, ahead);
    if ('prepared' in ready) this.#kept.set(node, ready.prepared);
    return ready;
  }

  async #prepare(
    node: TaskNode,
    { args, want }: PreparedStep,
    told: ReadonlyMap<string, Heard>,
    ahead: boolean,
  ): Promise<Drafted> {
    const { module } = node.task;
    if (!module.prepare) return { prepared: { args, want } };
    const { files } = this.#clock.now;
    try {
      const controller = withoutToldPaths(this.#controller(node, ahead), args, told);
      const prepared = await module.prepare(want, controller);
      return { prepared: { args, want: prepared, files } };
    } catch (error) {
      if (error instanceof NotYetKnown) return { blocked: error.of };
      throw error;
    }
  }

  /** As the task says it where it does. */
  #controller(node: TaskNode, ahead: boolean): Controller {
    const controller = this.#controllerOf(node, ahead);
    const { check = controller.check, diff = controller.diff } = node.options;
    return { ...controller, check, diff };
  }

  /** Frees what a step that is done held. */
  forget(node: TaskNode): void {
    this.#kept.delete(node);
  }
}

const isCurrent = ({ files }: PreparedStep, since: Moment): boolean =>
  files === undefined || files >= since.files;

/** Whether an action may stand there (rule 18, actions). */
const isConditional = (node: TaskNode): boolean => node.handler || node.options.when.length > 0;

export function evaluateWhen(node: TaskNode, run: Run): Evaluated<boolean> {
  return evaluateConditions(node.options.when, run);
}

export function evaluateConditions(conditions: readonly Condition[], run: Run): Evaluated<boolean> {
  for (const condition of conditions) {
    const holds = evaluate(() => condition(run));
    if ('notYet' in holds) return holds;
    if (!holds.value) return { value: false };
  }
  return { value: true };
}

function evaluateArguments(
  { task, item }: TaskNode,
  run: Run,
  told: Map<string, Heard>,
): Evaluated<Readonly<Record<string, unknown>>> {
  const args: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(task.args)) {
    if (typeof argument !== 'function') {
      args[name] = argument;
      // Items are what hosts answered.
      if (item !== undefined) told.set(name, { facts: false, results: true });
      continue;
    }
    const heard = { facts: false, results: false };
    const value = evaluate<unknown>(() =>
      (argument as (run: Run) => unknown)(listening(run, heard)),
    );
    if ('notYet' in value) return value;
    if (heard.facts || heard.results) told.set(name, heard);
    args[name] = value.value;
  }
  return { value: args };
}

/** Begins the names of reads that are only references: what the step names and does not change. */
const referencePrefix = 'refers ';

/** The name of a reference; undefined for a read of the module's own. */
export const referenceName = (name: string): string | undefined =>
  name.startsWith(referencePrefix) ? name.slice(referencePrefix.length) : undefined;

/** The reads that the step is about, without what it only names. */
export const ownReads = (reads: Reads): readonly Read<unknown>[] =>
  Object.entries(reads).flatMap(([name, read]) =>
    referenceName(name) === undefined ? [read] : [],
  );

/** The reads of a prepared step as far as `known` tells, its references among them. */
export function readsOf(node: TaskNode, prepared: PreparedStep, known: Known): Reads {
  const environment = node.options.environment;
  const { module } = node.task;
  const named = Object.entries(module.refers?.(prepared.want) ?? {}).map(
    ([name, { read }]) => [`${referencePrefix}${name}`, read] as const,
  );
  const reads = { ...module.reads?.(prepared.want, known), ...Object.fromEntries(named) };
  if (Object.keys(environment).length === 0) return reads;
  const plain = plainEnvironment(node, prepared.want);
  return Object.fromEntries(
    Object.entries(reads).map(([name, read]) => [name, inEnvironment(read, plain)]),
  );
}

/** The same question asked in the task's environment, where that matters. */
export function inEnvironment(
  read: Read<unknown>,
  environment: Readonly<Record<string, string>>,
): Read<unknown> {
  if (!read.reader.withEnvironment) return read;
  const key = read.reader.withEnvironment(read.key, environment);
  return { reader: read.reader, key, id: `${read.reader.name} ${JSON.stringify(key)}` };
}
