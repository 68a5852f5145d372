/**
 * The linear order across hosts (SEMANTICS 13): before it changes something, a host waits until
 * every live host of the batch is past all earlier steps. `free` waits for nobody.
 */

/** The play was ended for all hosts while this one waited. */
export class PlayEnded extends Error {
  readonly why: string;
  constructor(why: string) {
    super(why);
    this.name = 'PlayEnded';
    this.why = why;
  }
}

interface Waiter {
  readonly ready: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: PlayEnded) => void;
}

export class Turnstile {
  readonly #positions = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  readonly #linear: boolean;
  #ended: PlayEnded | undefined;

  constructor(hosts: readonly string[], linear: boolean) {
    for (const host of hosts) this.#positions.set(host, -1);
    this.#linear = linear;
  }

  /** The host stands at this step now; positions only grow. */
  stand(host: string, position: number): void {
    const before = this.#positions.get(host);
    if (before === undefined || before >= position) return;
    this.#positions.set(host, position);
    this.#wake();
  }

  /** The host is done or gone: nobody waits for it any more. */
  leave(host: string): void {
    if (this.#positions.delete(host)) this.#wake();
  }

  positionOf(host: string): number | undefined {
    return this.#positions.get(host);
  }

  /** Resolves when no live host stands before `position`. @throws PlayEnded */
  async turn(position: number): Promise<void> {
    if (!this.#linear) return this.throwIfEnded();
    await this.until(() => this.#allReached(position));
  }

  /** Resolves when `ready` holds; it is asked again at each step of any host. @throws PlayEnded */
  async until(ready: () => boolean): Promise<void> {
    this.throwIfEnded();
    if (ready()) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ ready, resolve, reject });
    });
  }

  /** Ends the play: whoever waits or will wait gets PlayEnded. */
  end(why: string): void {
    this.#ended ??= new PlayEnded(why);
    for (const waiter of this.#waiters) waiter.reject(this.#ended);
    this.#waiters.clear();
  }

  get ended(): PlayEnded | undefined {
    return this.#ended;
  }

  /** Asks all waiters again, after something that their `ready` looks at has changed. */
  wake(): void {
    this.#wake();
  }

  /** @throws PlayEnded */
  throwIfEnded(): void {
    if (this.#ended) throw this.#ended;
  }

  #allReached(position: number): boolean {
    for (const other of this.#positions.values()) if (other < position) return false;
    return true;
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.ready()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
}
