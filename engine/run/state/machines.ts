/**
 * Which names of the inventory are one machine: those whose machine-id and boot-id agree. What is
 * done under one name makes stale what was read under the others; no value answers for another.
 */
import pLimit, { type LimitFunction } from 'p-limit';

export class Machines<Name> {
  readonly #names = new Map<string, Set<Name>>();
  readonly #ids = new Map<Name, string | undefined>();
  readonly #exclusive = new Map<string, LimitFunction>();

  /** @param id undefined where the host does not tell: it is a machine of its own */
  identify(name: Name, id: string | undefined): void {
    this.forget(name);
    this.#ids.set(name, id);
    if (id === undefined) return;
    const names = this.#names.get(id) ?? new Set();
    this.#names.set(id, names.add(name));
  }

  /** It may be another one when it answers again. */
  forget(name: Name): void {
    const id = this.#ids.get(name);
    this.#ids.delete(name);
    if (id !== undefined) this.#names.get(id)?.delete(name);
  }

  /** Whether the host was asked which machine it is. */
  isKnown(name: Name): boolean {
    return this.#ids.has(name);
  }

  idOf(name: Name): string | undefined {
    return this.#ids.get(name);
  }

  /** Other names of the machine. */
  others(name: Name): readonly Name[] {
    const id = this.idOf(name);
    return id === undefined ? [] : [...(this.#names.get(id) ?? [])].filter((each) => each !== name);
  }

  /** One at a time on the machine, whatever it is called; undefined before it is known. */
  exclusive(name: Name): LimitFunction | undefined {
    const id = this.idOf(name);
    if (id === undefined) return undefined;
    const limit = this.#exclusive.get(id) ?? pLimit(1);
    this.#exclusive.set(id, limit);
    return limit;
  }
}
