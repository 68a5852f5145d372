/** The lines of /etc/hosts. */
import { isIP } from 'node:net';
import { PlaybookError, type InventoryView } from 'tsplay';

interface Entry {
  readonly address: string;
  readonly names: readonly string[];
}

/**
 * Address and names of every host that has an address, then of what is named besides.
 * @throws PlaybookError where one name would mean two addresses
 */
export function hostLines(inventory: InventoryView, more: readonly Entry[]): readonly string[] {
  const hosts = inventory.hosts
    .filter(({ address }) => isIP(address) !== 0)
    .map(({ address, name, vars }): Entry => {
      const own = vars['commonHostname'];
      const names = typeof own === 'string' && own !== name ? [own, name] : [name];
      return { address, names };
    });
  const meanings = new Map<string, string>();
  return [...hosts, ...more].map(({ address, names }) => {
    for (const name of names) refuseSecondMeaning(name, address, meanings);
    return `${address} ${names.join(' ')}`;
  });
}

function refuseSecondMeaning(name: string, address: string, meanings: Map<string, string>): void {
  const known = meanings.get(name);
  if (known !== undefined && known !== address) {
    throw new PlaybookError(`common: the name ${name} would mean ${known} and ${address}`, {
      hint: 'each host has a name of its own: see commonHostname and commonHosts',
    });
  }
  meanings.set(name, address);
}
