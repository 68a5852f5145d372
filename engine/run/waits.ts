/** Who waits for whom: hosts that wait for each other are found, not waited for (SEMANTICS 14). */

export interface Wait {
  readonly host: string;
  /** Whom it waits for now; it goes on when none of them waits in turn. */
  readonly hosts: () => Iterable<string>;
  /** One of the hosts is enough (a throttle that several hold). */
  readonly any?: boolean;
  /** Ends this wait; waits without are ended by the end of others. */
  readonly refuse?: (stuck: readonly string[]) => void;
}

export class Waits {
  readonly #all = new Set<Wait>();
  /** Only these can end what is stuck: as long as there are none, nothing is looked at. */
  #refusable = 0;

  /** @returns ends the wait */
  begin(wait: Wait): () => void {
    this.#all.add(wait);
    if (wait.refuse) this.#refusable += 1;
    this.check();
    return () => {
      if (this.#all.delete(wait) && wait.refuse) this.#refusable -= 1;
    };
  }

  /** Ends one of the waits that nobody else can end. */
  check(): void {
    if (this.#refusable === 0) return;
    const stuck = this.#stuck();
    for (const wait of this.#all) {
      if (wait.refuse && stuck.has(wait.host)) return wait.refuse([...stuck]);
    }
  }

  #stuck(): ReadonlySet<string> {
    const stuck = new Set(Array.from(this.#all, (wait) => wait.host));
    for (let before = -1; before !== stuck.size;) {
      before = stuck.size;
      for (const { host, hosts, any } of this.#all) {
        const targets = [...hosts()];
        const held = targets.filter((target) => stuck.has(target)).length;
        if (held === 0 || (any && held < targets.length)) stuck.delete(host);
      }
    }
    return stuck;
  }
}
