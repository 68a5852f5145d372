/** Results of steps by host and id, and who waits for them. */
import type { Outcome } from '../report/events.ts';

export interface StepResult {
  readonly outcome: Outcome;
  /** Name for people. */
  readonly name: string;
  /** With `changed`; undefined when there is none. */
  readonly result: Readonly<Record<string, unknown>> | undefined;
  readonly because: string | undefined;
}

export class Results {
  readonly #byHost = new Map<string, Map<string, StepResult>>();
  readonly #listeners = new Set<() => void>();

  get(host: string, id: string): StepResult | undefined {
    return this.#byHost.get(host)?.get(id);
  }

  set(host: string, id: string, result: StepResult): void {
    let results = this.#byHost.get(host);
    if (!results) this.#byHost.set(host, (results = new Map()));
    results.set(id, result);
    for (const listener of this.#listeners) listener();
  }

  /** Called after each new result. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
