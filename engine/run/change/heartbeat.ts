/** Tells of applies that take long, so that nobody takes a silent one for a dead one. */
import type { TaskNode } from '../../plan/nodes.ts';
import type { Emit } from '../../report/events.ts';
import { stepRef } from '../step/reference.ts';

/** Milliseconds after which an apply is told of, and between two times. */
const every = 30_000;
/** Milliseconds between two looks. */
const interval = 5_000;

interface Running {
  readonly node: TaskNode;
  /** When each host began. */
  readonly hosts: Map<string, number>;
  toldAt: number;
}

export class Heartbeat {
  readonly #emit: Emit;
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | undefined;

  constructor(emit: Emit, now: () => number = Date.now) {
    this.#emit = emit;
    this.#now = now;
  }

  /** The host begins to apply the step. @returns ends it */
  begin(host: string, node: TaskNode): () => void {
    this.#timer ??= setInterval(() => this.beat(), interval).unref();
    const running = this.#running.get(node.id) ?? { node, hosts: new Map(), toldAt: 0 };
    this.#running.set(node.id, running);
    running.hosts.set(host, this.#now());
    return () => {
      running.hosts.delete(host);
      if (running.hosts.size === 0) this.#running.delete(node.id);
    };
  }

  /** One event a step, whatever the number of hosts that are at it. */
  beat(): void {
    const now = this.#now();
    for (const running of this.#running.values()) {
      const hosts = [...running.hosts].filter(([, since]) => now - since >= every);
      const [first] = hosts;
      if (!first || now - running.toldAt < every) continue;
      running.toldAt = now;
      this.#emit({
        event: 'step-running',
        time: now,
        step: stepRef(first[0], running.node),
        hosts: hosts.map(([host]) => host),
        took: now - Math.min(...hosts.map(([, since]) => since)),
      });
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
