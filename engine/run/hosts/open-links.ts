/** Connections that are open: as many as the controller can hold, the longest unused close first. */
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';

/** What can be closed for now. */
export interface Closable {
  readonly idle: boolean;
  close(): Promise<void>;
}

/** What every controller can hold. */
const always = 300;
/** Of an ssh client, private to it. */
const bytesEach = 1.5 * 2 ** 20;
/** Three pipes of an ssh client, and as many for one that begins while another ends. */
const filesEach = 6;
/** Files that the run itself has open. */
const ownFiles = 200;

/**
 * How many may be open at once: within a quarter of the free memory, and the limit of open files.
 * @param memory bytes that are free
 * @param files most that this process may have open
 */
export const atOnceWithin = (memory: number, files: number): number =>
  Math.max(always, Math.floor(Math.min(memory / 4 / bytesEach, (files - ownFiles) / filesEach)));

export class OpenLinks {
  /** In the order of their last use. */
  readonly #open = new Set<Closable>();
  #atOnce: number | undefined;

  /** @param atOnce default: as many as this machine can hold */
  constructor(atOnce?: number) {
    this.#atOnce = atOnce;
  }

  /** It connects, or asks something, now. */
  used(link: Closable): void {
    this.#open.delete(link);
    this.#open.add(link);
    if (this.#open.size <= (this.#atOnce ?? always)) return;
    this.#atOnce ??= atOnceWithin(freemem(), filesAllowed());
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

/** Node raises its limit to the hard one; only Linux says which that is. */
function filesAllowed(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
    return soft === 'unlimited' ? Infinity : Number(soft ?? 0);
  } catch {
    return 0;
  }
}
