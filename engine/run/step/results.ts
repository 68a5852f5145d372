/** Results of steps by host and id, and who waits for them. */
import type { Result, Task } from '../../dsl/task.ts';
import type { Outcome } from '../../report/events.ts';

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
  /** Who waits for a result, by host and id. */
  readonly #waiting = new Map<string, Set<() => void>>();

  get(host: string, id: string): StepResult | undefined {
    return this.#byHost.get(host)?.get(id);
  }

  set(host: string, id: string, result: StepResult): void {
    let results = this.#byHost.get(host);
    if (!results) this.#byHost.set(host, (results = new Map()));
    results.set(id, result);
    const key = keyOf(host, id);
    for (const go of this.#waiting.get(key) ?? []) go();
    this.#waiting.delete(key);
  }

  /** Calls `go` once the host has that result. @returns ends the waiting */
  when(host: string, id: string, go: () => void): () => void {
    if (this.get(host, id)) go();
    const key = keyOf(host, id);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(go));
    return () => waiting.delete(go);
  }
}

const keyOf = (host: string, id: string): string => `${host}\n${id}`;

/** What playbooks see of a result. */
export const seen = <R>({ module }: Task<R>, result: unknown): Result<R> =>
  (module.seen ? module.seen(result) : result) as Result<R>;
