/**
 * Who waits for whom: hosts that wait for each other are found, not waited for (rule 14, runOnce).
 */

export interface Wait {
  readonly host: string;
  /** Whom it waits for now; it goes on when none of them waits in turn. */
  readonly hosts: () => Iterable<string>;
  /** Waits of the same group wait for the same hosts: they are looked at once. */
  readonly group?: string;
  /** One of the hosts is enough (a throttle that several hold). */
  readonly any?: boolean;
  /** Ends this wait; waits without are ended by the end of others. */
  readonly refuse?: (stuck: readonly string[]) => void;
}

export class DeadlockDetector {
  readonly #byHost = new Map<string, Wait>();
  /** Only these can end what is stuck: as long as there are none, nothing is looked at. */
  #refusable = 0;

  /** Only who begins to wait can close a circle. @returns ends the wait */
  begin(wait: Wait): () => void {
    this.#byHost.set(wait.host, wait);
    if (wait.refuse) this.#refusable += 1;
    if (this.#refusable > 0) this.#refuseStuck(wait);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (this.#byHost.get(wait.host) === wait) this.#byHost.delete(wait.host);
      if (wait.refuse) this.#refusable -= 1;
    };
  }

  /** Ends one of the waits that nobody else can end. */
  #refuseStuck(from: Wait): void {
    const reached = this.#reachedFrom(from);
    if (![...reached].some((wait) => wait.refuse)) return;
    const stuck = stuckOf(reached);
    // In the order in which they began to wait.
    const inOrder = [...this.#byHost.values()].filter((wait) => stuck.has(wait));
    inOrder.find((wait) => wait.refuse)?.refuse?.(inOrder.map((wait) => wait.host));
  }

  /** The wait, those that it waits for, and so on. */
  #reachedFrom(from: Wait): ReadonlySet<Wait> {
    const reached = new Set([from]);
    const groups = new Set<string>();
    for (const wait of reached) {
      if (wait.group !== undefined) {
        if (groups.has(wait.group)) continue;
        groups.add(wait.group);
      }
      for (const target of wait.hosts()) {
        const next = this.#byHost.get(target);
        if (next) reached.add(next);
      }
    }
    return reached;
  }
}

/** Those of which each waits for another one of them. */
function stuckOf(waits: ReadonlySet<Wait>): ReadonlySet<Wait> {
  const stuck = new Set(waits);
  const hosts = new Set(Array.from(waits, (wait) => wait.host));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    const held = new Map<string, boolean>();
    for (const wait of stuck) {
      const known = wait.group === undefined ? undefined : held.get(wait.group);
      const is = known ?? isHeld(wait, hosts);
      if (wait.group !== undefined) held.set(wait.group, is);
      if (is) continue;
      stuck.delete(wait);
      hosts.delete(wait.host);
    }
  }
  return stuck;
}

/** Whether it waits for hosts that are stuck: for one of them, where it is not any that will do. */
function isHeld({ hosts, any }: Wait, stuck: ReadonlySet<string>): boolean {
  const targets = [...hosts()];
  const held = targets.filter((target) => stuck.has(target)).length;
  return held > 0 && (!any || held === targets.length);
}
