/** What keeps hosts from being a cluster together. */
import type { Facts, HostView } from 'tsplay';
import { ownAddresses } from './host-problems.ts';

/** A host that was reached, and what it told. */
export interface Told {
  readonly host: HostView;
  readonly facts: Facts;
  /** It shares its kernel with the controller: machine and clock are not its own. */
  readonly shared: boolean;
}

/** Every problem, a sentence each. @param skew seconds that two clocks may differ */
export function fleetProblems(told: readonly Told[], skew: number): readonly string[] {
  const own = told.filter(({ shared }) => !shared);
  return [
    ...twice('host name', told, ({ facts }) => [facts.hostname]),
    ...twice('MAC address', told, macsOf),
    ...twice('machine id', told, ({ facts }) => [facts.machineId]),
    ...twice('product uuid', own, ({ facts }) => [facts.productUuid.toLowerCase()]),
    ...clocks(told, skew),
  ];
}

/** Of the interface that has the host's address; bridges of containers are alike everywhere. */
function macsOf({ host, facts }: Told): string[] {
  return Object.values(facts.interfaces)
    .filter(({ ipv4, ipv6 }) => [...ipv4, ...ipv6].includes(host.address))
    .map(({ mac }) => mac);
}

function twice(
  what: string,
  told: readonly Told[],
  valuesOf: (one: Told) => readonly string[],
): string[] {
  const owners = new Map<string, string[]>();
  for (const one of told) {
    for (const value of valuesOf(one)) {
      if (value === '' || /^[0:-]+$/.test(value)) continue;
      owners.set(value, [...(owners.get(value) ?? []), one.host.name]);
    }
  }
  return [...owners].flatMap(([value, names]) =>
    names.length > 1 ? [`${names.join(', ')} have the same ${what} ${value}`] : [],
  );
}

/** Clocks are told in whole seconds, so a difference may look a second larger than it is. */
function clocks(told: readonly Told[], skew: number): string[] {
  const offsets = told.map(({ host, facts }) => ({
    name: host.name,
    offset: facts.clock.host - facts.clock.controller,
  }));
  const [first] = offsets.toSorted((a, b) => a.offset - b.offset);
  const last = offsets.toSorted((a, b) => a.offset - b.offset).at(-1);
  if (!first || !last) return [];
  const difference = last.offset - first.offset;
  if (difference <= skew + 1) return [];
  return [
    `the clocks of ${first.name} and ${last.name} differ by ${Math.round(difference)} s: certificates and etcd need the same time (role time)`,
  ];
}

/** Whether one of the hosts has the shared address already. */
export const isHeld = (address: string, told: readonly Told[]): boolean =>
  told.some(({ facts }) => ownAddresses(facts).includes(address));
