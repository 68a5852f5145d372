/** One host in one batch of a play: its steps, what it reads ahead, and what lazies see. */
import { Interrupted } from '../errors.ts';
import type { Run } from '../dsl/task.ts';
import type { Known, PlanContext } from '../module/module.ts';
import type { Read } from '../module/reader.ts';
import {
  tasksOf,
  type HandlerNode,
  type HostPlan,
  type Node,
  type TaskNode,
} from '../plan/nodes.ts';
import type { Become } from '../transport/transport.ts';
import { timePassed, waiting } from './reads/barrier.ts';
import { isChecked, showsDiff } from './check/checking.ts';
import { becomeOf } from './step/become.ts';
import { PreparedSteps, readsOf, type PreparedStep } from './step/prepare.ts';
import { userKey } from './reads/read-batch.ts';
import { Horizon } from './reads/horizon.ts';
import type { HostLink } from './hosts/link.ts';
import type { HeldBack, Loss } from './hosts/loss.ts';
import { NotYetKnown } from '../plan/not-yet-known.ts';
import type { BatchRun } from './batch.ts';
import { runView } from './step/view.ts';

/** A handler that is to run. */
export interface Notification {
  /** Why it is only perhaps notified (check). */
  readonly because: string | undefined;
  /** Values of the handler's tasks when it was notified, as far as they were known. */
  readonly then?: ReadonlyMap<TaskNode, Readonly<Record<string, unknown>>> | undefined;
}

export interface Upcoming {
  readonly become: Become | undefined;
  readonly reads: Read<unknown>[];
}

export class HostRun {
  readonly name: string;
  readonly plan: HostPlan;
  readonly link: HostLink;
  readonly batch: BatchRun;
  readonly prepared: PreparedSteps;
  readonly notified = new Map<string, Notification>();
  /** Handlers from an earlier run that do not count as notified yet. */
  readonly pending = new Set<string>();
  /** It failed, and its handlers run all the same: it waits for no other host any more. */
  forced = false;
  /** Handlers written down as pending for a step that has not ended yet. */
  readonly promised = new Set<string>();
  /** While a handler runs: what its tasks' reads said when it was notified. */
  valuesWhenNotified: Notification['then'];
  failure: Run['failure'];
  /** Steps that changed something, or would. */
  changes = 0;
  /** Steps that ended here or began to change something: who has none in a block is not inside. */
  begun = 0;
  /** Its loss was judged: it can be rescued no more. */
  judged = false;
  /** What failed in an `always` that ran because the play or the run had ended. */
  failedCleaning: Loss | undefined;
  /** Within a throttled or rolling block the host stands at the block's beginning. */
  heldAt: number | undefined;
  /** Queries that no tag selects and that a selected step reads. */
  readonly #dependencies = new Set<TaskNode>();
  #cleaning = 0;
  readonly #horizon = new Horizon();
  readonly #sharesAddress: boolean;
  readonly #sequence: TaskNode[];
  #indexes: ReadonlyMap<TaskNode, number>;
  readonly #nodes = new Map<string, TaskNode>();

  constructor(plan: HostPlan, batch: BatchRun) {
    this.plan = plan;
    this.name = plan.host;
    this.batch = batch;
    this.link = batch.environment.link(plan.host);
    batch.states.add(this.link.state);
    this.#sharesAddress = batch.addresses.isShared(plan.host);
    this.prepared = new PreparedSteps(batch.environment.clock, (node, ahead) =>
      batch.environment.controller(node, { host: plan.host, ahead, signal: this.signal }),
    );
    this.#sequence = [...tasksOf(plan.nodes)];
    this.#indexes = indexesOf(this.#sequence);
    this.#know([...this.#sequence, ...tasksOf(plan.handlers.map((each) => each.node))]);
  }

  #know(nodes: readonly TaskNode[]): void {
    for (const node of nodes) {
      this.#nodes.set(node.id, node);
      this.batch.environment.ids.set(node.task, node.id);
    }
  }

  /** Steps that only the run knows come behind the one that brought them. */
  takeIn(behind: TaskNode, nodes: readonly Node[]): void {
    const steps = [...tasksOf(nodes)];
    this.#know(steps);
    const index = this.#indexes.get(behind);
    if (index === undefined) return;
    this.#sequence.splice(index + 1, 0, ...steps);
    this.#indexes = indexesOf(this.#sequence);
  }

  /** Whether it runs here: a tag selects it, or a step that one selects reads it. */
  isSelected(node: TaskNode): boolean {
    return node.selected || this.#dependencies.has(node);
  }

  addDependency(node: TaskNode): void {
    this.#dependencies.add(node);
  }

  /** The place to name when the host cannot be reached. */
  get firstTask(): TaskNode | undefined {
    return this.#sequence.find((node) => node.selected);
  }

  /** Connects while the first read batch is still made ready, where it is certain that there is one. */
  connectEarly(): void {
    const { soft, confirm } = this.batch.environment.options;
    if (soft.aborted || confirm || this.plan.unplanned) return;
    // A runOnce step may be another host's: what follows it is this one's.
    const first = this.#sequence.find((node) => node.selected && !node.options.runOnce);
    if (first && first.options.when.length === 0) this.connectFor(first);
  }

  /** Connects for a step that is to come, where it is done on this host. */
  connectFor(node: TaskNode): void {
    if (node.task.module.kind === 'control' || node.options.on !== undefined) return;
    this.link.connectEarly(becomeOf(node, this.link.connection));
  }

  /** Does an `always`: nothing but a hard end stops it halfway. */
  async cleaning(body: () => Promise<void>): Promise<void> {
    this.#cleaning += 1;
    this.batch.environment.cleaning += 1;
    try {
      await body();
    } finally {
      this.#cleaning -= 1;
      this.batch.environment.cleaning -= 1;
    }
  }

  /** It goes on though the play has ended for all. */
  get goesOn(): boolean {
    return this.forced || this.#cleaning > 0;
  }

  /** What ends its waits and keeps it from beginning anything. */
  get signal(): AbortSignal {
    const { soft, hard } = this.batch.environment.options;
    return this.#cleaning > 0 ? hard : soft;
  }

  /** It may begin nothing more, a rescue neither. */
  get hasEnded(): boolean {
    return this.signal.aborted || (!this.goesOn && this.batch.stepOrder.ended !== undefined);
  }

  /** @throws EarlyEnd when it may begin nothing more */
  throwIfEnded(): void {
    if (this.signal.aborted) throw new Interrupted();
    if (!this.goesOn) this.batch.stepOrder.throwIfEnded();
  }

  /** Others are not past all steps before `position` yet, and this host has to wait for them. */
  isAhead(position: number): boolean {
    return !this.forced && !this.goesOn && this.batch.stepOrder.isAhead(position);
  }

  /** Waits until the others are past all steps before `position`. @throws EarlyEnd */
  async turn(position: number): Promise<void> {
    if (this.forced) return;
    const { stepOrder } = this.batch;
    await this.waiting(() => stepOrder.turn(position, this.name, this.goesOn));
  }

  /** A block's rescue takes over: the failure counts as rescued. */
  rescued(error: Error): void {
    const { environment } = this.batch;
    const text = `rescued: ${error.message}`;
    environment.emit({ event: 'host-rescued', time: Date.now(), host: this.name, text });
  }

  /** It is out of the run, unless a block rescues it. */
  heldBack({ block, failedOn }: HeldBack): void {
    const { emit } = this.batch.environment;
    emit({ event: 'host-held-back', time: Date.now(), host: this.name, block, failedOn });
  }

  /** What the host's lazy values see; `ahead` for looking ahead. */
  view(ahead: boolean): Run {
    const { environment } = this.batch;
    return runView({
      host: this.name,
      check: environment.options.check,
      ahead,
      results: environment.results,
      failure: this.failure,
      facts: (host) => environment.link(host).facts,
      isInRun: (host) => environment.hosts.has(host),
      isLost: (host) => environment.link(host).reachable === false,
      idOf: (task) => environment.ids.get(task),
      nodeOf: (id) => this.#nodes.get(id),
      isSelected: (node) => this.isSelected(node),
      reachable: (pattern) => environment.knownReachable(pattern),
    });
  }

  /** What is known on a link for a user, as `reads` may look at it. */
  known(link: HostLink, become: Become | undefined): Known {
    return {
      get: (read) => {
        const found = link.state.get(userKey(become), read);
        return found === undefined || found.answer === 'unknown' ? undefined : (found as never);
      },
    };
  }

  context(node: TaskNode, link: HostLink, stepId: string): PlanContext {
    const { options } = this.batch.environment;
    const conditional = node.handler || node.options.when.length > 0;
    return {
      // A control step may run before the host was ever asked.
      get facts() {
        if (!link.facts) throw new NotYetKnown({ missing: 'facts', host: link.name });
        return link.facts;
      },
      host: link.name,
      check: isChecked(node, options),
      diff: showsDiff(node, options),
      conditional,
      stepId,
    };
  }

  /** Others of the batch are this machine by another name: all that they do is done here. */
  get #hasTwin(): boolean {
    if (this.#sharesAddress) return true;
    return this.link.state.isAmong(this.batch.states);
  }

  #isTwin(name: string): boolean {
    if (name === this.name) return false;
    const other = this.batch.environment.known(name);
    return other?.state.isSame(this.link.state) === true;
  }

  #isHere(name: string): boolean {
    return name === this.name || this.#isTwin(name) || this.batch.addresses.isSame(this.name, name);
  }

  /**
   * Waits until the step may be prepared and read: until all are past what another host may do to
   * this one before it; in plain mode, for its turn.
   */
  async arrive({ task }: TaskNode, position: number): Promise<void> {
    const { order, environment } = this.batch;
    const isHere = (name: string): boolean => this.#isHere(name);
    const prepares = task.module.prepare !== undefined;
    const each = this.#hasTwin || !environment.options.lookahead;
    const behind = each ? position : order.behindOthers(this.name, position, { isHere, prepares });
    if (behind !== undefined) await this.turn(behind);
  }

  /** A wait for others: where it is long, what was read before it is not believed behind it. */
  waiting<T>(wait: () => Promise<T>): Promise<T> {
    return waiting(this.link, this.batch.environment.clock, wait);
  }

  /** Time passed in the play, not only for others. */
  timePassed(): void {
    timePassed(this.link, this.batch.environment.clock);
  }

  /**
   * The reads that the steps behind `node` will ask on this host and that are not known, by user,
   * up to the next barrier: an action without a guard.
   * @param known what lies farther is: a change has dropped but what it invalidates
   */
  async upcoming(node: TaskNode, known: 'nothing' | 'the rest'): Promise<readonly Upcoming[]> {
    const from = this.#indexes.get(node);
    if (from === undefined || !this.batch.environment.options.lookahead) return [];
    const byUser = new Map<string, Upcoming>();
    const run = this.view(true);
    const steps = known === 'nothing' ? this.#horizon.far(from) : this.#horizon.near;
    for (const next of this.#sequence.slice(from + 1, from + 1 + steps)) {
      if (!this.isSelected(next) || next.options.on !== undefined || next.options.runOnce) continue;
      const prepared = await this.#draftAhead(next, run);
      if (!prepared) continue;
      const become = becomeOf(next, this.link.connection);
      const reads = Object.values(readsOf(next, prepared, this.known(this.link, become)));
      if (reads.length === 0 && next.task.module.kind === 'action') break;
      const user = userKey(become);
      const group = byUser.get(user) ?? { become, reads: [] };
      byUser.set(user, group);
      for (const read of reads) {
        const asked = this.link.state.get(user, read) !== undefined;
        if (!asked && !this.link.slow.has(read.id)) group.reads.push(read);
      }
    }
    return [...byUser.values()].filter((group) => group.reads.length > 0);
  }

  /** What is known now of the reads of a handler's tasks that can tell whether they are already satisfied. */
  valuesNow(handler: HandlerNode): NonNullable<Notification['then']> {
    const values = new Map<TaskNode, Readonly<Record<string, unknown>>>();
    for (const { node, become, reads } of this.#satisfiable(handler)) {
      const known = this.known(this.link, become);
      const answers = Object.entries(reads).map(([name, read]) => [name, known.get(read)] as const);
      if (answers.some(([, answer]) => answer === undefined)) continue;
      const value = (answer: (typeof answers)[number][1]): unknown =>
        answer?.answer === 'value' ? answer.value : undefined;
      values.set(node, Object.fromEntries(answers.map(([name, answer]) => [name, value(answer)])));
    }
    return values;
  }

  /** The reads by which a handler's tasks know that they are already satisfied. */
  readsOfSatisfaction(handler: HandlerNode): readonly Upcoming[] {
    return this.#satisfiable(handler).map(({ become, reads }) => ({
      become,
      reads: Object.values(reads),
    }));
  }

  #satisfiable(handler: HandlerNode) {
    return [...tasksOf([handler.node])].flatMap((node) => {
      // What is known is of this host: of another, where the handler does its work, nothing is.
      if (!node.task.module.alreadySatisfied || !node.want || node.options.on !== undefined)
        return [];
      const become = becomeOf(node, this.link.connection);
      const prepared = { args: node.task.args, want: node.want.value };
      return [{ node, become, reads: readsOf(node, prepared, this.known(this.link, become)) }];
    });
  }

  /**
   * A step that cannot be prepared yet leaves the read batch but does not end it (rule 2, lazy
   * values).
   */
  async #draftAhead(node: TaskNode, run: Run): Promise<PreparedStep | undefined> {
    try {
      const ready = await this.prepared.prepare(node, run, { ahead: true });
      return 'prepared' in ready ? ready.prepared : undefined;
    } catch {
      return undefined;
    }
  }
}

const indexesOf = (sequence: readonly TaskNode[]): ReadonlyMap<TaskNode, number> =>
  new Map(sequence.map((node, index) => [node, index]));
