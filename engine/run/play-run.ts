/** What the hosts of one batch of a play share. */
import pLimit, { type LimitFunction } from 'p-limit';
import type { Play } from '../dsl/play.ts';
import { tasksOf, type HostPlan } from '../plan/nodes.ts';
import type { RunEnvironment } from './environment.ts';
import type { Turnstile } from './turnstile.ts';

/** A `runOnce` step: who may do it, and how it ended. */
export interface OnceStep {
  readonly candidates: Set<string>;
  readonly passed: Set<string>;
  ended: { readonly by: string; readonly failed: boolean } | undefined;
}

/** Shared by all batches of a play. */
export class PlayScope {
  readonly play: Play;
  readonly #throttles = new Map<string, LimitFunction>();
  readonly #once = new Map<string, OnceStep>();

  constructor(play: Play) {
    this.play = play;
  }

  throttle(id: string, atOnce: number): LimitFunction {
    const known = this.#throttles.get(id) ?? pLimit(atOnce);
    this.#throttles.set(id, known);
    return known;
  }

  once(key: string): OnceStep {
    const known = this.#once.get(key);
    if (known) return known;
    const made: OnceStep = { candidates: new Set(), passed: new Set(), ended: undefined };
    this.#once.set(key, made);
    return made;
  }
}

interface Delegated {
  readonly at: number;
  readonly to: string | undefined;
}

export class BatchRun {
  readonly scope: PlayScope;
  readonly environment: RunEnvironment;
  readonly turnstile: Turnstile;
  readonly number: number;
  /** Hosts of the batch in inventory order. */
  readonly hosts: readonly string[];
  /** Steps that are done on another host, by place; `to` where the target is known. */
  readonly delegated: readonly Delegated[];
  readonly #failed = new Set<string>();

  constructor(
    scope: PlayScope,
    environment: RunEnvironment,
    turnstile: Turnstile,
    number: number,
    plans: readonly HostPlan[],
  ) {
    this.scope = scope;
    this.environment = environment;
    this.turnstile = turnstile;
    this.number = number;
    this.hosts = plans.map(({ host }) => host);
    this.delegated = delegatedSteps(plans);
  }

  /** A host left because it failed or cannot be reached: the play may end for all (rule 13). */
  lost(host: string, how: 'failed' | 'unreachable'): void {
    const { anyErrorsFatal, maxFailPercentage } = this.scope.play.definition;
    if (how === 'failed') this.#failed.add(host);
    if (anyErrorsFatal) this.turnstile.end(`${host} ${how}, and anyErrorsFatal is set`);
    const percent = (100 * this.#failed.size) / this.hosts.length;
    if (maxFailPercentage !== undefined && percent > maxFailPercentage) {
      const share = `${this.#failed.size} of ${this.hosts.length} hosts`;
      this.turnstile.end(`${share} failed, more than ${maxFailPercentage} %`);
    }
    this.turnstile.leave(host);
  }
}

function delegatedSteps(plans: readonly HostPlan[]): readonly Delegated[] {
  const found = new Map<string, Delegated>();
  for (const { host, nodes, positions } of plans) {
    for (const { id, selected, options } of tasksOf(nodes)) {
      if (!selected || options.on === undefined || options.on === host) continue;
      const at = positions.get(id) ?? -1;
      const to = typeof options.on === 'string' ? options.on : undefined;
      found.set(`${at} ${to}`, { at, to });
    }
  }
  return [...found.values()];
}
