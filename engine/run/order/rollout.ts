/**
 * Rolling blocks: hosts go through one after another, and a failure ends it for those that have not
 * begun (rule 15, handlers).
 */
import type { BlockNode } from '../../plan/nodes.ts';
import { HeldBack } from '../hosts/loss.ts';

interface Waiting {
  readonly host: string;
  /** Those that wait go in this order. */
  readonly order: number;
  readonly flush: string | undefined;
  readonly enter: () => void;
  readonly refuse: (error: HeldBack) => void;
}

/** One rolling block through all hosts of a play. */
export class Rollout {
  /** Hosts that are in it now. */
  readonly holders = new Set<string>();
  readonly #block: BlockNode;
  readonly #atOnce: number;
  readonly #waiting = new Set<Waiting>();
  /** Flushes behind which a host changed something in it and worked: what rolls differs by flush. */
  readonly #proven = new Set<string | undefined>();
  #failedOn: string | undefined;
  #admitting = false;

  constructor(block: BlockNode, atOnce: number) {
    this.#block = block;
    this.#atOnce = atOnce;
  }

  /** Why nobody else begins it. */
  get stopped(): HeldBack | undefined {
    return this.#failedOn === undefined
      ? undefined
      : new HeldBack(this.#block.name, this.#failedOn);
  }

  /**
   * Waits until the host may begin.
   * @param over called the moment that is decided
   * @throws HeldBack
   */
  async enter(
    host: string,
    order: number,
    flush: string | undefined,
    over: () => void,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        over();
        resolve();
      };
      const refuse = (error: HeldBack): void => {
        over();
        reject(error);
      };
      this.#waiting.add({ host, order, flush, enter, refuse });
      this.#admitSoon();
    });
  }

  worked(host: string, flush: string | undefined, changed: boolean): void {
    if (changed) this.#proven.add(flush);
    this.#left(host);
  }

  failed(host: string): void {
    this.#failedOn ??= host;
    this.#left(host);
  }

  /** It left because the play or the run ended for all. */
  ended(host: string): void {
    this.#left(host);
  }

  #left(host: string): void {
    this.holders.delete(host);
    this.#admitSoon();
  }

  /** Of those that come at the same time the first in order goes first. */
  #admitSoon(): void {
    if (this.#admitting) return;
    this.#admitting = true;
    setImmediate(() => {
      this.#admitting = false;
      this.#admit();
    });
  }

  #admit(): void {
    for (const waiting of [...this.#waiting].toSorted((a, b) => a.order - b.order)) {
      const { stopped } = this;
      const room = this.#proven.has(waiting.flush) ? this.#atOnce : 1;
      if (!stopped && this.holders.size >= room) continue;
      this.#waiting.delete(waiting);
      if (stopped) {
        waiting.refuse(stopped);
      } else {
        this.holders.add(waiting.host);
        waiting.enter();
      }
    }
  }
}
