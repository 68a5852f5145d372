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
  /** Live hosts that are not past it: an event costs the same however many hosts there are. */
  waiting: number;
}

export class Progress {
  readonly #steps = new Map<string, StepProgress>();
  readonly #furthest = new Map<string, number>();
  /** Steps of the batch, those taken out as undefined. */
  #live: (StepProgress | undefined)[] = [];
  /** Nobody is waited for any more. */
  readonly #settled = new Set<StepProgress>();

  /** A new batch: hosts that take part. */
  begin(hosts: readonly string[]): void {
    this.takeAll();
    this.#live = [];
    this.#furthest.clear();
    for (const host of hosts) this.#furthest.set(host, -1);
  }

  /** Nobody waits for this host any more. */
  leave(host: string): void {
    const furthest = this.#furthest.get(host);
    if (furthest === undefined) return;
    this.#furthest.delete(host);
    this.#pass(furthest, this.#live.length - 1);
  }

  /** A host that had left goes on. */
  join(host: string): void {
    if (!this.#furthest.has(host)) this.#furthest.set(host, this.#live.length - 1);
  }

  end(step: StepRef, outcome: Outcome): StepProgress {
    const key = `${step.handler ? 'handler ' : ''}${step.id}`;
    const progress = this.#steps.get(key) ?? this.#begin(key, step);
    progress.ended.set(step.host, outcome);
    const furthest = this.#furthest.get(step.host);
    if (furthest !== undefined && furthest < progress.position) {
      this.#furthest.set(step.host, progress.position);
      this.#pass(furthest, progress.position);
    }
    return progress;
  }

  #begin(key: string, step: StepRef): StepProgress {
    const progress: StepProgress = {
      step,
      position: this.#live.length,
      ended: new Map(),
      told: new Set(),
      waiting: this.#furthest.size,
    };
    this.#live.push(progress);
    this.#steps.set(key, progress);
    if (progress.waiting === 0) this.#settled.add(progress);
    return progress;
  }

  /** A host is past the steps behind `from` up to `to`. */
  #pass(from: number, to: number): void {
    for (let position = from + 1; position <= to; position += 1) {
      const progress = this.#live[position];
      if (!progress) continue;
      progress.waiting -= 1;
      if (progress.waiting === 0) this.#settled.add(progress);
    }
  }

  /** Takes out the steps that all hosts are past, in order; `but` stays. */
  takeSettled(but?: StepProgress): StepProgress[] {
    if (this.#settled.size === 0) return [];
    const settled = [...this.#settled].filter((progress) => progress !== but);
    for (const progress of settled) this.#take(progress);
    return settled.toSorted((a, b) => a.position - b.position);
  }

  #take(progress: StepProgress): void {
    this.#settled.delete(progress);
    this.#live[progress.position] = undefined;
    const { step } = progress;
    this.#steps.delete(`${step.handler ? 'handler ' : ''}${step.id}`);
  }

  /** Takes out all that is left. */
  takeAll(): StepProgress[] {
    const left = [...this.#steps.values()];
    for (const progress of left) this.#take(progress);
    return left;
  }
}
