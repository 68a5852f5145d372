/** Who has come to a `runOnce` step of a batch, and which host does it (rule 14, runOnce). */
import type { TaskNode } from '../../plan/nodes.ts';
import type { StepOrder } from './step-order.ts';

/** `over`: another host did it; `nobody`: no host may. */
export type Decision = 'do' | 'over' | 'nobody';

/** A host that comes to the step. */
export interface Comer {
  readonly name: string;
  /** It goes on though the play has ended for all. */
  readonly goesOn: boolean;
  connectFor(node: TaskNode): void;
}

interface Waiting {
  readonly host: Comer;
  readonly may: boolean;
  /** Live hosts that may still come to it before this one. */
  readonly coming: Set<string>;
  decision: Decision | undefined;
  go: () => void;
}

export class Arrivals {
  readonly #stepOrder: StepOrder;
  readonly #indexOf: (host: string) => number;
  readonly #arrived = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  /** Live hosts that have not come and are not past a position, for each at which hosts wait. */
  readonly #coming = new Map<number, Set<string>>();
  #doing: Comer | undefined;
  #stop: (() => void) | undefined;
  #over = false;

  /** @param indexOf a host's place in inventory order */
  constructor(stepOrder: StepOrder, indexOf: (host: string) => number) {
    this.#stepOrder = stepOrder;
    this.#indexOf = indexOf;
  }

  /**
   * Waits until it is decided what the host does.
   * @param may whether its condition lets it do the step
   * @throws EarlyEnd
   */
  async decide(host: Comer, position: number, may: boolean): Promise<Decision> {
    if (this.#over) return 'over';
    const { name } = host;
    this.#arrived.add(name);
    for (const coming of this.#coming.values()) coming.delete(name);
    const waiting: Waiting = {
      host,
      may,
      coming: this.#comingTo(position),
      decision: undefined,
      go: () => undefined,
    };
    this.#waiting.set(name, waiting);
    this.#settle();
    const hosts = (): Iterable<string> => this.#waitsFor(waiting);
    const anyway = host.goesOn;
    try {
      await this.#stepOrder.wait({ host: name, hosts, anyway }, (go) => {
        waiting.go = go;
        if (waiting.decision) go();
        return () => undefined;
      });
    } catch (error) {
      if (this.#doing === host) this.#doing = undefined;
      this.#waiting.delete(name);
      this.#settle();
      throw error;
    }
    return waiting.decision ?? 'nobody';
  }

  /** The step is done: all who wait take what it came to. */
  done(): void {
    this.#over = true;
    this.#stop?.();
    for (const waiting of this.#waiting.values()) this.#tell(waiting, 'over');
  }

  /** The host that was to do it cannot. @returns those that may do it in its place, in order */
  gaveUp(): readonly Comer[] {
    this.#doing = undefined;
    this.#settle();
    return this.#candidates().map(({ host }) => host);
  }

  #waitsFor({ host, coming }: Waiting): Iterable<string> {
    if (coming.size > 0) return coming;
    const first = this.#doing ?? this.#candidates()[0]?.host;
    return first === undefined || first === host ? [] : [first.name];
  }

  #comingTo(position: number): Set<string> {
    const known = this.#coming.get(position);
    if (known) return known;
    const coming = new Set<string>();
    for (const host of this.#stepOrder.upTo(position)) {
      if (!this.#arrived.has(host)) coming.add(host);
    }
    this.#coming.set(position, coming);
    this.#stop ??= this.#stepOrder.onMove((host, to) => this.#moved(host, to));
    return coming;
  }

  #moved(host: string, to: number | undefined): void {
    for (const [position, coming] of this.#coming) {
      const gone = (to === undefined || to > position) && coming.delete(host);
      if (gone && coming.size === 0) this.#settle();
    }
  }

  /** Decides what can be decided now: nothing as long as somebody may come. */
  #settle(): void {
    if (this.#over || this.#doing) return;
    if (![...this.#coming.values()].some((coming) => coming.size === 0)) return;
    const [first] = this.#candidates();
    if (first) {
      if (first.coming.size > 0) return;
      this.#doing = first.host;
      return this.#tell(first, 'do');
    }
    for (const waiting of this.#waiting.values()) {
      if (waiting.coming.size === 0) this.#tell(waiting, 'nobody');
    }
  }

  /** In inventory order. */
  #candidates(): readonly Waiting[] {
    const index = ({ host }: Waiting): number => this.#indexOf(host.name);
    this.#stepOrder.looks += this.#waiting.size;
    return [...this.#waiting.values()]
      .filter(({ may }) => may)
      .toSorted((a, b) => index(a) - index(b));
  }

  #tell(waiting: Waiting, decision: Decision): void {
    this.#waiting.delete(waiting.host.name);
    waiting.decision = decision;
    waiting.go();
  }
}
