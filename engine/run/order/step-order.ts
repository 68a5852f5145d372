/**
 * The linear order across hosts (rule 13, step order): before it changes something, a host waits
 * until
 * every live host of the batch is past all earlier steps. `free` waits for nobody. Nobody asks
 * again and again: who waits is woken by what it waits for, so that a step costs each host the same
 * however many there are.
 */
import { PlayEnded, type EarlyEnd } from '../../errors.ts';
import { DeadlockDetector } from './deadlock.ts';

/** Whom a host waits for, and what it is told when they wait for it too. */
export interface WaitFor {
  readonly host: string;
  readonly hosts: () => Iterable<string>;
  readonly group?: string;
  readonly refuse?: (stuck: readonly string[]) => Error;
  /** The end of the play is no reason to stop waiting. */
  readonly anyway?: boolean;
}

interface Waiter {
  /** What the end of the play means to it. */
  readonly atEnd: 'fails' | 'goes on' | 'waits';
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

/** Where a host went; undefined when it left. */
type Moved = (host: string, to: number | undefined) => void;

export class StepOrder {
  readonly deadlocks = new DeadlockDetector();
  /** Hosts looked at for those that wait: the work that order costs. */
  looks = 0;
  readonly #positions = new Map<string, number>();
  /** How many live hosts stand at a position. */
  readonly #standing = new Map<number, number>();
  /** No live host stands before this. */
  #lowest = -1;
  readonly #turns = new Map<number, Set<() => void>>();
  readonly #waiters = new Set<Waiter>();
  readonly #moves = new Set<Moved>();
  readonly #movesOf = new Map<string, Set<(to: number | undefined) => void>>();
  readonly #linear: boolean;
  #ended: EarlyEnd | undefined;
  #endedAt: number | undefined;

  constructor(hosts: readonly string[], linear: boolean) {
    for (const host of hosts) this.#positions.set(host, -1);
    this.#standing.set(-1, hosts.length);
    this.#linear = linear;
  }

  /** The host stands at this step now; positions only grow. */
  advance(host: string, position: number): void {
    const before = this.#positions.get(host);
    if (before === undefined || before >= position) return;
    this.#positions.set(host, position);
    this.#move(host, before, position);
  }

  /** The host is done or gone: nobody waits for it any more. */
  leave(host: string): void {
    const before = this.#positions.get(host);
    if (before === undefined) return;
    this.#positions.delete(host);
    this.#move(host, before, undefined);
  }

  #move(host: string, from: number, to: number | undefined): void {
    if (to !== undefined) this.#standing.set(to, (this.#standing.get(to) ?? 0) + 1);
    const left = (this.#standing.get(from) ?? 1) - 1;
    if (left > 0) this.#standing.set(from, left);
    else this.#standing.delete(from);
    if (left === 0 && from === this.#lowest) this.#rise();
    for (const moved of this.#movesOf.get(host) ?? []) {
      this.looks += 1;
      moved(to);
    }
    for (const moved of this.#moves) {
      this.looks += 1;
      moved(host, to);
    }
  }

  #rise(): void {
    this.#lowest = Math.min(...this.#standing.keys());
    for (const [position, turns] of this.#turns) {
      if (position > this.#lowest) continue;
      this.#turns.delete(position);
      for (const go of turns) go();
    }
  }

  /** Whether live hosts stand before the position, or the play has ended, and not at that step. */
  isAhead(position: number): boolean {
    if (this.#ended) return this.#endedAt === undefined || position > this.#endedAt;
    return this.#linear && position > this.#lowest;
  }

  positionOf(host: string): number | undefined {
    return this.#positions.get(host);
  }

  /** Live hosts that are not past a position. */
  *upTo(position: number): Generator<string> {
    for (const [host, at] of this.#positions) {
      this.looks += 1;
      if (at <= position) yield host;
    }
  }

  /** Calls `go` once the host is past a position or gone; at once where it has none. */
  whenPast(host: string, position: number | undefined, go: () => void): () => void {
    const isPast = (at: number | undefined): boolean =>
      at === undefined || position === undefined || at > position;
    if (isPast(this.#positions.get(host))) go();
    return this.#onMoveOf(host, (to) => {
      if (isPast(to)) go();
    });
  }

  #onMoveOf(host: string, moved: (to: number | undefined) => void): () => void {
    const all = this.#movesOf.get(host) ?? new Set();
    this.#movesOf.set(host, all.add(moved));
    return () => all.delete(moved);
  }

  /** Called whenever a live host moves or leaves. @returns ends that */
  onMove(moved: Moved): () => void {
    this.#moves.add(moved);
    return () => this.#moves.delete(moved);
  }

  /**
   * Resolves when no live host stands before `position`.
   * @param anyway also when the play has ended
   * @throws EarlyEnd
   */
  async turn(position: number, host = '', anyway = false): Promise<void> {
    if (!anyway) this.throwIfEnded();
    if (this.#ended || !this.#linear || position <= this.#lowest) return;
    const hosts = (): Iterable<string> => this.upTo(position - 1);
    const wait = { host, hosts, group: `before ${position}` };
    await this.#wait(wait, anyway ? 'goes on' : 'fails', (go) => {
      const turns = this.#turns.get(position) ?? new Set();
      this.#turns.set(position, turns.add(go));
      return () => turns.delete(go);
    });
  }

  /**
   * Waits until `go` is called.
   * @param watch makes that it will be; returns what ends the watching
   * @throws EarlyEnd; what `wait.refuse` makes when the hosts wait for each other
   */
  async wait(wait: WaitFor, watch: (go: () => void) => () => void): Promise<void> {
    if (!wait.anyway) this.throwIfEnded();
    await this.#wait(wait, wait.anyway ? 'waits' : 'fails', watch);
  }

  async #wait(
    { refuse, ...wait }: WaitFor,
    atEnd: Waiter['atEnd'],
    watch: (go: () => void) => () => void,
  ): Promise<void> {
    let over = false;
    let done = (): void => undefined;
    const settle = (): void => {
      over = true;
      done();
    };
    let waiter: Waiter | undefined;
    let stop = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          settle();
          resolve();
        };
        const fail = (error: Error): void => {
          settle();
          reject(error);
        };
        waiter = { atEnd, go, fail };
        stop = watch(go);
        if (over) return;
        this.#waiters.add(waiter);
        const end = this.deadlocks.begin({
          ...wait,
          ...(refuse && { refuse: (stuck: readonly string[]) => fail(refuse(stuck)) }),
        });
        done = end;
        if (over) end();
      });
    } finally {
      stop();
      if (waiter) this.#waiters.delete(waiter);
    }
  }

  /**
   * Ends the play: whoever waits or will wait gets the reason, unless it goes on anyway.
   * @param at the step that ended it, if one did
   */
  end(why: string | EarlyEnd, at?: number): void {
    if (!this.#ended) this.#endedAt = at;
    const ended = (this.#ended ??= typeof why === 'string' ? new PlayEnded(why) : why);
    for (const { atEnd, go, fail } of this.#waiters) {
      if (atEnd === 'fails') fail(ended);
      else if (atEnd === 'goes on') go();
    }
  }

  /** Behind the step that ended the play nobody has done anything: hosts have only read ahead. */
  isBehindEnd(position: number): boolean {
    return this.#linear && this.#endedAt !== undefined && position > this.#endedAt;
  }

  get ended(): EarlyEnd | undefined {
    return this.#ended;
  }

  /** @throws EarlyEnd */
  throwIfEnded(): void {
    if (this.#ended) throw this.#ended;
  }
}
