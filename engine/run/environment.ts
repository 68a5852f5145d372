/** What all hosts of a run share: options, links, results, limits, events. */
import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import type { Play, PlayConnection } from '../dsl/play.ts';
import type { Task } from '../dsl/task.ts';
import { UnreachableError } from '../errors.ts';
import { Additions } from '../inventory/additions.ts';
import type { Inventory } from '../inventory/view.ts';
import type { Controller } from '../module/module.ts';
import type { PlayPlan, TaskNode } from '../plan/nodes.ts';
import type { Emit } from '../report/events.ts';
import type { Become, Connection } from '../transport/transport.ts';
import type { Controllers } from '../controller/local-files.ts';
import { sendBatch } from './reads/read-batch.ts';
import { Heartbeat } from './change/heartbeat.ts';
import { HostState, SharedEpoch } from './state/host-state.ts';
import type { LastUse } from './hosts/last-use.ts';
import { ConnectionLost, HostLink, type LinkLimits, type OpenHost } from './hosts/link.ts';
import type { Knowledge } from './state/knowledge.ts';
import { OpenLinks } from './hosts/open-links.ts';
import { PendingHandlers, type PendingPlace } from './handlers/pending-handlers.ts';
import { PlannedFiles } from './check/planned-files.ts';
import { preparingLimit } from './step/time-to-prepare.ts';
import { Results } from './step/results.ts';

export interface RunOptions {
  readonly runId: string;
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly forceHandlers: boolean;
  /** `-u`: wins over what a play says of its connections. */
  readonly user?: string | undefined;
  /** Seconds for one attempt at a task that says no timeout. */
  readonly taskTimeout?: number | undefined;
  /** False is the plain mode: each step is read at its turn, and no earlier value is believed. */
  readonly lookahead: boolean;
  /** Seconds for which a host that another run holds is waited for; default: not at all. */
  readonly waitLock?: number | undefined;
  /** Handlers that earlier runs left pending are dropped for the hosts and plays of this run. */
  readonly forgetPending: boolean;
  /** Output of applies is emitted while they run; `long`: of those that may and do take long. */
  readonly liveOutput: boolean | 'long';
  /** Asked before each step with `--step`. */
  readonly confirm?: ((node: TaskNode) => Promise<'yes' | 'no' | 'continue'>) | undefined;
  /** First Ctrl-C: running applies finish, nothing new starts. */
  readonly soft: AbortSignal;
  /** Second: running applies are ended. */
  readonly hard: AbortSignal;
}

const uploadsAtOnce = 5;
/** Times that a connection may be lost while facts are gathered. */
const lossesAllowed = 3;

export class RunEnvironment {
  readonly options: RunOptions;
  /** As the files say it. */
  readonly files: Inventory;
  readonly additions: Additions;
  readonly emit: Emit;
  readonly results = new Results();
  readonly clock = new SharedEpoch();
  readonly pending: PendingHandlers;
  readonly heartbeat: Heartbeat;
  readonly #controllers: Controllers;
  /** What is known of packages that hosts do not have yet. */
  readonly knowledge: Knowledge;
  /** Ids of task values, by the play that was collected last. */
  readonly ids = new WeakMap<Task<unknown>, string>();
  readonly #links = new Map<string, HostLink>();
  readonly #gathering = new Map<string, Promise<void>>();
  readonly #open: OpenHost;
  readonly #lastUse: LastUse;
  readonly #limits: LinkLimits;
  #inventory: Inventory;
  readonly #hosts: Set<string>;
  #ofPlay = new Map<string, PlayConnection>();
  /** Links of hosts whose way in changed with their groups: only counted any more. */
  readonly #former: HostLink[] = [];
  /** Hosts that do an `always` now. */
  cleaning = 0;
  /** Steps' attempts so far: what tells one from all others. */
  #attempts = 0;
  /** Check: something was predicted to change, so queries can't be trusted any more. */
  predictedChange: string | undefined;
  /** Check: what planned steps write on the controller. */
  readonly plannedFiles = new PlannedFiles();
  /** Check: the step whose addition to the inventory is unknown. */
  perhapsMore: string | undefined;

  constructor(parts: {
    readonly options: RunOptions;
    readonly inventory: Inventory;
    readonly emit: Emit;
    readonly pending: PendingPlace | undefined;
    readonly knowledge: Knowledge;
    readonly open: OpenHost;
    readonly controllers: Controllers;
    readonly hosts: ReadonlySet<string>;
    readonly lastUse: LastUse;
  }) {
    this.options = parts.options;
    this.files = parts.inventory;
    this.#inventory = parts.inventory;
    this.additions = new Additions(parts.inventory);
    this.emit = parts.emit;
    this.heartbeat = new Heartbeat(parts.emit);
    this.knowledge = parts.knowledge;
    this.pending = new PendingHandlers({
      place: parts.pending,
      run: parts.options.runId,
      check: parts.options.check,
      inventory: () => this.#inventory,
      warn: (text) => parts.emit({ event: 'message', time: Date.now(), level: 'warning', text }),
    });
    this.#controllers = parts.controllers;
    this.#hosts = new Set(parts.hosts);
    this.#lastUse = parts.lastUse;
    this.#open = parts.open;
    this.#limits = {
      forks: pLimit(parts.options.forks),
      uploads: pLimit(uploadsAtOnce),
      signal: parts.options.hard,
      open: new OpenLinks(),
      soft: parts.options.soft,
      cleaning: () => this.cleaning > 0,
      waitLock: parts.options.waitLock ?? 0,
      onHeld: (host, { message }) => this.#warn(host, `waits for its end: ${message}`),
    };
    parts.options.soft.addEventListener('abort', () => this.hurry(), { once: true });
    // Every host waits for the end of the run.
    setMaxListeners(0, parts.options.soft, parts.options.hard);
    parts.options.hard.addEventListener('abort', () => this.cancel(), { once: true });
  }

  #warn(host: string, text: string): void {
    this.emit({ event: 'message', time: Date.now(), level: 'warning', host, text });
  }

  /** As the play that runs knows it. */
  get inventory(): Inventory {
    return this.#inventory;
  }

  /** Hosts that the run may ask; others are outside. */
  get hosts(): ReadonlySet<string> {
    return this.#hosts;
  }

  /**
   * Between plays: the next one has this inventory and these hosts. A group's variables can change
   * the way into a host: it is connected to anew.
   */
  async extend(inventory: Inventory, hosts: readonly string[]): Promise<void> {
    this.#inventory = inventory;
    for (const name of hosts) this.#hosts.add(name);
    await this.#renewLinks();
  }

  /** A play begins: its hosts may be logged in to in another way than in the play before. */
  async begin({ play, hosts }: PlayPlan): Promise<void> {
    const { connection } = play.definition;
    this.#ofPlay = new Map();
    if (connection) for (const { host } of hosts) this.#ofPlay.set(host, connection);
    await this.#renewLinks();
  }

  #connection(name: string): Connection {
    const connection = this.inventory.connection(name);
    const ofPlay = this.#ofPlay.get(name);
    if (!ofPlay) return connection;
    const { user = ofPlay.user } = this.options;
    return { ...connection, ...ofPlay, ...(user === undefined ? {} : { user }) };
  }

  async #renewLinks(): Promise<void> {
    for (const [name, link] of this.#links) {
      if (isDeepStrictEqual(this.#connection(name), link.connection)) continue;
      this.#links.delete(name);
      this.#former.push(link);
      await link.close();
    }
  }

  /** The host's link, made when first asked for; nothing connects yet. */
  link(name: string): HostLink {
    const known = this.#links.get(name);
    if (known) return known;
    const connection = this.#connection(name);
    const link = new HostLink(
      name,
      connection,
      new HostState(this.clock),
      this.#open,
      this.#limits,
    );
    this.#links.set(name, link);
    return link;
  }

  /** The host's link if anybody asked for it. */
  known(name: string): HostLink | undefined {
    return this.#links.get(name);
  }

  /** For what a step prepares of the controller's files. */
  controller(
    node: TaskNode,
    at: { readonly host: string; readonly ahead: boolean; readonly signal: AbortSignal },
  ): Controller {
    return this.#controllers.of(node.task, at.host, {
      files: this.clock.now.files,
      ahead: at.ahead,
      end: at.signal,
      limit: () => preparingLimit(node),
      planned: (path) => this.plannedFiles.for(path),
    });
  }

  /** A name for an attempt at a step, unique within the run. */
  nextStepId(): string {
    this.#attempts += 1;
    return `s${this.#attempts}`;
  }

  /** Every link that there was. */
  get links(): readonly HostLink[] {
    return [...this.#former, ...this.#links.values()];
  }

  /**
   * Makes sure that the host's facts are there.
   * @param become as whom they are gathered; default: as the connection says
   * @throws UnreachableError, StepError
   */
  async gatherFacts(name: string, become?: Become): Promise<void> {
    const link = this.link(name);
    if (link.facts) return;
    const under = this.#gathering.get(name) ?? this.#gather(link, become ?? link.connection.become);
    this.#gathering.set(name, under);
    await under.finally(() => this.#gathering.delete(name));
  }

  /** What is known of the host may not hold any more. @throws UnreachableError, StepError */
  async refreshFacts(name: string): Promise<void> {
    await this.#gathering.get(name);
    this.link(name).facts = undefined;
    await this.gatherFacts(name);
  }

  async #gather(link: HostLink, become: Become | undefined): Promise<void> {
    for (let losses = 0; ; losses += 1) {
      try {
        await sendBatch(link, { become, own: [], ahead: [], facts: true });
        return;
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        if (losses === lossesAllowed) throw new UnreachableError(error.message, { cause: error });
      }
    }
  }

  /** Gathers them where the host can be reached; else it is known not to be. */
  async tryFacts(name: string): Promise<void> {
    try {
      await this.gatherFacts(name);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      this.link(name).reachable = false;
    }
  }

  /** First host of the pattern that answers, tried in inventory order. @throws UnreachableError */
  async findReachable(pattern: string): Promise<string> {
    for (const host of this.inventory.match(pattern)) {
      const link = this.link(host.name);
      if (link.reachable === false) continue;
      try {
        await link.session(link.connection.become);
        await this.gatherFacts(host.name);
        return host.name;
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        link.reachable = false;
      }
    }
    throw new UnreachableError(`no host of '${pattern}' is reachable`);
  }

  /** The host that `findReachable` found, if it did. */
  knownReachable(pattern: string): string | undefined {
    for (const host of this.inventory.match(pattern)) {
      const reachable = this.#links.get(host.name)?.reachable;
      if (reachable === true) return host.name;
      if (reachable === undefined) return undefined;
    }
    return undefined;
  }

  /** A host has ended a play: if that was all, it is let go while others still work. */
  release(name: string, play: Play): void {
    const link = this.#links.get(name);
    if (!link || !this.#lastUse.isOver(name, play)) return;
    link.state.drop('everything');
    void link.close();
  }

  /** Nothing that only reads is waited for long any more. */
  hurry(): void {
    for (const link of this.#links.values()) link.hurry();
  }

  cancel(): void {
    for (const link of this.#links.values()) link.cancel();
  }

  async close(): Promise<void> {
    this.heartbeat.stop();
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}
