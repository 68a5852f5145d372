/** The lines of /etc/hosts. */
import { isIP } from 'node:net';
import { blockInFile, PlaybookError, type HostView, type InventoryView, type Step } from 'tsplay';

/**
 * The host's own name: given, or what it is called in the inventory up to the first dot; undefined
 * where that is an address.
 */
export function nameOf({ name, vars }: HostView): string | undefined {
  const given = vars['commonHostname'];
  if (typeof given === 'string') return given;
  return isIP(name) === 0 ? name.split('.')[0] : undefined;
}

interface Entry {
  readonly address: string;
  readonly names: readonly string[];
}

/** The step that writes them. @param more entries besides those of the inventory */
export const hostsFile = (name: string, inventory: InventoryView, more: readonly Entry[]): Step =>
  blockInFile(
    name,
    {
      path: '/etc/hosts',
      marker: '# {mark} hosts of the inventory',
      block: hostLines(inventory, more).join('\n'),
    },
    { tags: ['hosts'] },
  );

/**
 * Address and names of every host that has an address, then of what is named besides.
 * @throws PlaybookError where one name would mean two addresses
 */
function hostLines(inventory: InventoryView, more: readonly Entry[]): readonly string[] {
  const hosts = inventory.hosts
    .filter(({ address }) => isIP(address) !== 0)
    .map((host): Entry => {
      const names = [nameOf(host), host.name].filter(
        (name) => name !== undefined && isIP(name) === 0,
      );
      return { address: host.address, names: [...new Set(names)] as string[] };
    })
    .filter(({ names }) => names.length > 0);
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
