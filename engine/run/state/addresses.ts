/** Names that lead to one address: they are one machine before any of them was asked. */
import type { Inventory } from '../../inventory/view.ts';
import type { Connection } from '../../transport/transport.ts';

const addressOf = ({ transport, host, port }: Connection): string =>
  transport === 'local'
    ? transport
    : `${transport === 'fake' ? transport : ''} ${host} ${port ?? ''}`;

export class Addresses {
  readonly #inventory: Inventory;
  #all: ReadonlySet<string> | undefined;
  readonly #names = new Map<string, number>();

  /** @param hosts those of which it is asked whether they have an address alone */
  constructor(inventory: Inventory, hosts: readonly string[]) {
    this.#inventory = inventory;
    for (const host of hosts) {
      const address = addressOf(inventory.connection(host));
      this.#names.set(address, (this.#names.get(address) ?? 0) + 1);
    }
  }

  /** Whether another of the hosts has the address of this one. */
  isShared(host: string): boolean {
    return (this.#names.get(addressOf(this.#inventory.connection(host))) ?? 0) > 1;
  }

  /** @param other any name; one that the inventory lacks has no address */
  isSame(host: string, other: string): boolean {
    this.#all ??= new Set(this.#inventory.hosts.map(({ name }) => name));
    if (!this.#all.has(other)) return false;
    return (
      addressOf(this.#inventory.connection(host)) === addressOf(this.#inventory.connection(other))
    );
  }
}
