/**
 * Who is where in a play. Hosts on which nothing changes run ahead of the others, so the end of a
 * step is seen only when every host of the batch ended it or something that comes after it.
 */
import type { Outcome, StepRef } from './events.ts';

/** One step of the play, for all hosts of the batch. */
export interface StepProgress {
  readonly step: StepRef;
  readonly position: number;
  readonly ended: Map<string, Outcome>;
  /** Hosts that have a line of their own already. */
  readonly told: Set<string>;
}

export class Progress {
  readonly #steps = new Map<string, StepProgress>();
  readonly #furthest = new Map<string, number>();
  #seen = 0;

  /** A new batch: hosts that take part. */
  begin(hosts: readonly string[]): void {
    this.#steps.clear();
    this.#furthest.clear();
    for (const host of hosts) this.#furthest.set(host, -1);
  }

  /** Nobody waits for this host any more. */
  leave(host: string): void {
    this.#furthest.delete(host);
  }

  /** A host that had left goes on. */
  join(host: string): void {
    this.#furthest.set(host, this.#seen);
  }

  end(step: StepRef, outcome: Outcome): StepProgress {
    const key = `${step.handler ? 'handler ' : ''}${step.id}`;
    let progress = this.#steps.get(key);
    if (!progress) {
      progress = { step, position: this.#seen++, ended: new Map(), told: new Set() };
      this.#steps.set(key, progress);
    }
    progress.ended.set(step.host, outcome);
    const furthest = this.#furthest.get(step.host);
    if (furthest !== undefined && furthest < progress.position) {
      this.#furthest.set(step.host, progress.position);
    }
    return progress;
  }

  /** Takes out the steps that all hosts are past, in order; `but` stays. */
  takeSettled(but?: StepProgress): StepProgress[] {
    const settled = [...this.#steps].filter(
      ([, progress]) => progress !== but && this.#isSettled(progress),
    );
    for (const [key] of settled) this.#steps.delete(key);
    return settled.map(([, progress]) => progress);
  }

  #isSettled({ position, ended }: StepProgress): boolean {
    return [...this.#furthest].every(([host, furthest]) => ended.has(host) || furthest > position);
  }

  /** Takes out all that is left. */
  takeAll(): StepProgress[] {
    const left = [...this.#steps.values()];
    this.#steps.clear();
    return left;
  }
}
