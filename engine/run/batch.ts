/** What the hosts of one batch of a play share. */
import { Addresses } from './state/addresses.ts';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Play } from '../dsl/play.ts';
import type { BlockNode, HostPlan } from '../plan/nodes.ts';
import type { RunEnvironment } from './environment.ts';
import type { HostState } from './state/host-state.ts';
import type { HeldBack } from './hosts/loss.ts';
import { Order } from './order/must-wait.ts';
import { Arrivals } from './order/arrivals.ts';
import type { Attempt } from './step/attempt-result.ts';
import { Rollout } from './order/rollout.ts';
import type { StepOrder } from './order/step-order.ts';

/** How a `runOnce` step ended. */
export interface OnceEnd {
  readonly by: string;
  readonly attempt: Attempt;
}

interface Throttle {
  readonly limit: LimitFunction;
  /** Hosts that are in it now. */
  readonly holders: Set<string>;
}

/** Shared by all batches of a play. */
export class PlayScope {
  readonly play: Play;
  /** Which step ended the play for all hosts, without a failure. */
  finished: string | undefined;
  /** How `runOnce` steps ended, by id and, where they are once a batch, its number. */
  readonly once = new Map<string, OnceEnd>();
  readonly #throttles = new Map<string, Throttle>();
  readonly #rollouts = new Map<string, Rollout>();

  constructor(play: Play) {
    this.play = play;
  }

  throttle(id: string, atOnce: number): Throttle {
    const known = this.#throttles.get(id) ?? { limit: pLimit(atOnce), holders: new Set() };
    this.#throttles.set(id, known);
    return known;
  }

  /** A rolling block, through all hosts of the play and all flushes. */
  rollout(block: BlockNode): Rollout {
    const known = this.#rollouts.get(block.id);
    if (known) return known;
    const made = new Rollout(block, block.rolling?.atOnce ?? 1);
    this.#rollouts.set(block.id, made);
    return made;
  }

  /** A rolling block failed: batches that have not begun are held back too. */
  get stopped(): HeldBack | undefined {
    return Array.from(this.#rollouts.values(), (each) => each.stopped).find(Boolean);
  }
}

export class BatchRun {
  readonly scope: PlayScope;
  readonly environment: RunEnvironment;
  readonly stepOrder: StepOrder;
  readonly number: number;
  /** Hosts of the batch in inventory order. */
  readonly hosts: readonly string[];
  readonly order: Order;
  readonly addresses: Addresses;
  /** What is known of each. */
  readonly states = new Set<HostState>();
  readonly #failed = new Set<string>();
  readonly #arrivals = new Map<string, Arrivals>();
  readonly #plans: ReadonlyMap<string, HostPlan>;
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(
    scope: PlayScope,
    environment: RunEnvironment,
    stepOrder: StepOrder,
    number: number,
    plans: readonly HostPlan[],
  ) {
    this.scope = scope;
    this.environment = environment;
    this.stepOrder = stepOrder;
    this.number = number;
    this.hosts = plans.map(({ host }) => host);
    this.order = new Order(plans, {
      isLocal: (host) => environment.link(host).isController,
      options: environment.options,
    });
    this.addresses = new Addresses(environment.inventory, this.hosts);
    this.#plans = new Map(plans.map((plan) => [plan.host, plan]));
    this.#indexes = new Map(this.hosts.map((host, index) => [host, index]));
  }

  /** Who has come to a `runOnce` step. */
  arrivals(id: string): Arrivals {
    const known =
      this.#arrivals.get(id) ?? new Arrivals(this.stepOrder, (host) => this.indexOf(host));
    this.#arrivals.set(id, known);
    return known;
  }

  /** Does it when fewer than `atOnce` hosts are in what `id` names. */
  async throttled<T>(
    { host, id, atOnce }: { readonly host: string; readonly id: string; readonly atOnce: number },
    body: () => Promise<T>,
  ): Promise<T> {
    const { limit, holders } = this.scope.throttle(id, atOnce);
    const hosts = (): Iterable<string> => (holders.size < atOnce ? [] : holders);
    const arrived = this.stepOrder.deadlocks.begin({ host, hosts, any: true });
    return limit(async () => {
      arrived();
      holders.add(host);
      try {
        return await body();
      } finally {
        holders.delete(host);
      }
    });
  }

  /** The host's place in inventory order. */
  indexOf(host: string): number {
    return this.#indexes.get(host) ?? this.hosts.length;
  }

  /** Where a step stands for a host of this batch. */
  positionOf(host: string, id: string): number | undefined {
    return this.#plans.get(host)?.positions.get(id);
  }

  /**
   * Counts a host that is out. @returns why the play ends for all, if it does (rule 13, step order)
   */
  lost(host: string, how: 'failed' | 'unreachable' | 'locked'): string | undefined {
    const { anyErrorsFatal, maxFailPercentage } = this.scope.play.definition;
    if (how === 'failed') this.#failed.add(host);
    if (anyErrorsFatal) return `${host} ${how}, and anyErrorsFatal is set`;
    const percent = (100 * this.#failed.size) / this.hosts.length;
    if (maxFailPercentage === undefined || percent <= maxFailPercentage) return undefined;
    const share = `${this.#failed.size} of ${this.hosts.length} hosts`;
    return `${share} failed, more than ${maxFailPercentage} %`;
  }
}
