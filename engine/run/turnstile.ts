/**
 * The linear order across hosts (SEMANTICS 13): before it changes something, a host waits until
 * every live host of the batch is past all earlier steps. `free` waits for nobody.
 */
import { PlayEnded, type EarlyEnd } from './early-end.ts';
import { Waits } from './waits.ts';

interface Waiter {
  /** The end of the play is no reason to stop: it goes on without waiting. */
  readonly anyway: boolean;
  readonly resolve: () => void;
  readonly reject: (error?: Error) => void;
}

interface ConditionWaiter extends Waiter {
  readonly ready: () => boolean;
}

/** Whom a host waits for, and what it is told when they wait for it too. */
interface WaitFor {
  readonly host: string;
  readonly hosts: () => Iterable<string>;
  readonly refuse?: (stuck: readonly string[]) => Error;
  readonly anyway?: boolean;
}

export class Turnstile {
  readonly waits = new Waits();
  readonly #positions = new Map<string, number>();
  /** How many live hosts stand at a position: what one host's step costs must not grow with them. */
  readonly #standing = new Map<number, number>();
  /** No live host stands before this. */
  #lowest = -1;
  readonly #turns = new Map<number, Waiter[]>();
  readonly #waiters = new Set<ConditionWaiter>();
  readonly #linear: boolean;
  #ended: EarlyEnd | undefined;

  constructor(hosts: readonly string[], linear: boolean) {
    for (const host of hosts) this.#positions.set(host, -1);
    this.#standing.set(-1, hosts.length);
    this.#linear = linear;
  }

  /** The host stands at this step now; positions only grow. */
  stand(host: string, position: number): void {
    const before = this.#positions.get(host);
    if (before === undefined || before >= position) return;
    this.#positions.set(host, position);
    this.#move(before, position);
    this.#wake();
  }

  /** The host is done or gone: nobody waits for it any more. */
  leave(host: string): void {
    const before = this.#positions.get(host);
    if (before === undefined) return;
    this.#positions.delete(host);
    this.#move(before, undefined);
    this.#wake();
  }

  #move(from: number, to: number | undefined): void {
    if (to !== undefined) this.#standing.set(to, (this.#standing.get(to) ?? 0) + 1);
    const left = (this.#standing.get(from) ?? 1) - 1;
    if (left > 0) this.#standing.set(from, left);
    else this.#standing.delete(from);
    if (left > 0 || from !== this.#lowest) return;
    this.#lowest = Math.min(...this.#standing.keys());
    for (const [position, waiters] of this.#turns) {
      if (position > this.#lowest) continue;
      this.#turns.delete(position);
      for (const waiter of waiters) waiter.resolve();
    }
  }

  positionOf(host: string): number | undefined {
    return this.#positions.get(host);
  }

  /**
   * Resolves when no live host stands before `position`.
   * @param anyway also when the play has ended
   * @throws EarlyEnd
   */
  async turn(position: number, host = '', anyway = false): Promise<void> {
    if (!anyway) this.throwIfEnded();
    if (this.#ended || !this.#linear || position <= this.#lowest) return;
    await new Promise<void>((resolve, reject) => {
      const waiters = this.#turns.get(position) ?? [];
      this.#turns.set(position, waiters);
      waiters.push({ resolve, reject, anyway });
    }).finally(this.waits.begin({ host, hosts: () => this.#before(position) }));
  }

  *#before(position: number): Generator<string> {
    for (const [host, at] of this.#positions) if (at < position) yield host;
  }

  /**
   * Resolves when `ready` holds; it is asked again at each step of any host.
   * @throws EarlyEnd; what `wait.refuse` makes when the hosts wait for each other
   */
  async until(ready: () => boolean, wait?: WaitFor): Promise<void> {
    const anyway = wait?.anyway === true;
    if (!anyway) this.throwIfEnded();
    if (ready()) return;
    let ended = (): void => undefined;
    await new Promise<void>((resolve, reject) => {
      const waiter = { ready, resolve, reject, anyway };
      this.#waiters.add(waiter);
      if (!wait) return;
      const refuse = (stuck: readonly string[]): void => {
        this.#waiters.delete(waiter);
        reject(wait.refuse?.(stuck));
      };
      const { host, hosts } = wait;
      ended = this.waits.begin(wait.refuse ? { host, hosts, refuse } : { host, hosts });
    }).finally(() => ended());
  }

  /** Ends the play: whoever waits or will wait gets the reason. */
  end(why: string | EarlyEnd): void {
    const ended = (this.#ended ??= typeof why === 'string' ? new PlayEnded(why) : why);
    for (const waiter of [...this.#turns.values()].flat()) {
      if (waiter.anyway) waiter.resolve();
      else waiter.reject(ended);
    }
    this.#turns.clear();
    for (const waiter of this.#waiters) {
      if (waiter.anyway) continue;
      this.#waiters.delete(waiter);
      waiter.reject(ended);
    }
  }

  get ended(): EarlyEnd | undefined {
    return this.#ended;
  }

  /** Asks all waiters again, after something that their `ready` looks at has changed. */
  wake(): void {
    this.#wake();
  }

  /** @throws EarlyEnd */
  throwIfEnded(): void {
    if (this.#ended) throw this.#ended;
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.ready()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    this.waits.check();
  }
}
