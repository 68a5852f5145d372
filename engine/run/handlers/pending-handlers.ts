/**
 * Handlers that were notified and have not run yet, kept from run to run (rule 15, handlers). Whose
 * they
 * are is told by the inventory and by the machine that the host's connection leads to: another
 * inventory may have a host of the same name.
 */
import type { Inventory } from '../../inventory/view.ts';
import { targetOf } from '../../transport/target.ts';
import { PendingFiles, type PendingHandler } from './pending-files.ts';

/** Where and for which inventory they are kept. */
export interface PendingPlace {
  /** The project's `.play`. */
  readonly folder: string;
  /** Says which inventory it is, in this and in later runs. */
  readonly inventory: string;
}

export class PendingHandlers {
  readonly #place: PendingPlace | undefined;
  readonly #files: PendingFiles | undefined;
  readonly #inventory: () => Inventory;
  readonly #check: boolean;
  readonly #warn: (text: string) => void;
  readonly #tell: ((entry: PendingHandler, pending: boolean) => void) | undefined;
  readonly #pending = new Map<string, Map<string, PendingHandler>>();
  #warned = false;

  /** In check the files are only read: nobody adds or runs any. */
  constructor(parts: {
    /** Undefined keeps nothing. */
    readonly place: PendingPlace | undefined;
    readonly run: string;
    readonly check: boolean;
    readonly inventory: () => Inventory;
    readonly warn: (text: string) => void;
    /** Told of each that becomes pending, or is so no more. */
    readonly tell?: ((entry: PendingHandler, pending: boolean) => void) | undefined;
  }) {
    this.#place = parts.place;
    this.#files = parts.place && new PendingFiles(parts.place.folder, parts.run);
    this.#inventory = parts.inventory;
    this.#check = parts.check;
    this.#warn = parts.warn;
    this.#tell = parts.tell;
  }

  /** What earlier runs left for these hosts in a play is this run's from now on. */
  take(hosts: readonly string[], play: string): void {
    const asOurs = (entry: PendingHandler): PendingHandler | undefined => {
      if (!entry.handler.startsWith(`${play}/`)) return undefined;
      const host = this.#hostOf(entry, hosts);
      return host === undefined ? undefined : this.#entry(host, entry.handler);
    };
    this.#keep(() => {
      const found = this.#check
        ? this.#files?.read().flatMap((entry) => asOurs(entry) ?? [])
        : this.#files?.take(asOurs);
      for (const entry of found ?? []) {
        this.#of(entry.host).set(entry.handler, entry);
        if (!this.#check) this.#tell?.(entry, true);
      }
    });
  }

  of(host: string): readonly string[] {
    return [...(this.#pending.get(host)?.keys() ?? [])];
  }

  has(host: string, handler: string): boolean {
    return this.#pending.get(host)?.has(handler) ?? false;
  }

  add(host: string, handler: string): void {
    if (this.#check || this.has(host, handler)) return;
    const entry = this.#entry(host, handler);
    this.#of(host).set(handler, entry);
    this.#keep(() => this.#files?.write(entry, true));
    this.#tell?.(entry, true);
  }

  /** It has run, or need not. */
  done(host: string, handler: string): void {
    const entry = this.#pending.get(host)?.get(handler);
    if (this.#check || !entry) return;
    this.#of(host).delete(handler);
    this.#keep(() => this.#files?.write(entry, false));
    this.#tell?.(entry, false);
  }

  /** The run is over. */
  release(): void {
    if (this.#check) return;
    const left = [...this.#pending.values()].flatMap((handlers) => [...handlers.values()]);
    this.#keep(() => this.#files?.release(left));
  }

  #entry(host: string, handler: string): PendingHandler {
    const target = targetOf(this.#inventory().connection(host));
    return { inventory: this.#place?.inventory, host, target, handler };
  }

  #of(host: string): Map<string, PendingHandler> {
    const known = this.#pending.get(host) ?? new Map<string, PendingHandler>();
    this.#pending.set(host, known);
    return known;
  }

  /** A host that was given another name is the same machine still. */
  #hostOf(entry: PendingHandler, hosts: readonly string[]): string | undefined {
    if (entry.inventory === undefined) return hosts.find((host) => host === entry.host);
    if (entry.inventory !== this.#place?.inventory) return undefined;
    const inventory = this.#inventory();
    const isThere = (host: string): boolean =>
      targetOf(inventory.connection(host)) === entry.target;
    if (hosts.includes(entry.host)) return isThere(entry.host) ? entry.host : undefined;
    if (inventory.hosts.some(({ name }) => name === entry.host)) return undefined;
    return hosts.find(isThere);
  }

  /** A project that cannot be written is no reason to do nothing; that they may be lost is told. */
  #keep(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (this.#warned) return;
      this.#warned = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#warn(
        `pending handlers are not kept for the next run, should this one break off: ${why}`,
      );
    }
  }
}
