/** Connections that are open: as many as the controller can hold, the longest unused close first. */

/** What can be closed for now. */
export interface Closable {
  readonly idle: boolean;
  close(): Promise<void>;
}

/** An ssh client takes about 1.5 MiB: these stay well within what 1,000 hosts may cost. */
const openAtOnce = 300;

export class OpenLinks {
  /** In the order of their last use. */
  readonly #open = new Set<Closable>();
  readonly #atOnce: number;

  constructor(atOnce = openAtOnce) {
    this.#atOnce = atOnce;
  }

  /** It connects, or asks something, now. */
  used(link: Closable): void {
    this.#open.delete(link);
    this.#open.add(link);
    if (this.#open.size <= this.#atOnce) return;
    for (const other of this.#open) {
      if (other === link || !other.idle) continue;
      void other.close();
      return;
    }
  }

  closed(link: Closable): void {
    this.#open.delete(link);
  }
}
