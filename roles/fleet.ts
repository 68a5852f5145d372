/** Checks across hosts, before anything connects: what one host's variables cannot show. */
import { isIP } from 'node:net';
import { inspect, isDeepStrictEqual } from 'node:util';
import { PlaybookError, type HostView } from 'tsplay';

/**
 * Refuses hosts that cannot be members of one group of services.
 * @param what the service, for the message
 * @throws PlaybookError for an address that is a name, loopback, or two hosts' own
 */
export function refuseUnfitAddresses(what: string, hosts: readonly HostView[]): void {
  const owners = new Map<string, string>();
  for (const { name, address } of hosts) {
    if (isIP(address) === 0) {
      throw new PlaybookError(`${what}: ${name} has no IP address but '${address}'`, {
        hint: `give ${name} the variable 'ip': the address that the other hosts reach it by`,
      });
    }
    if (/^(127\.|::1$)/.test(address)) {
      throw new PlaybookError(`${what}: ${name} has the address ${address}, where it is alone`, {
        hint: `give ${name} the variable 'ip': the address that the other hosts reach it by`,
      });
    }
    const owner = owners.get(address);
    if (owner !== undefined) {
      throw new PlaybookError(`${what}: ${owner} and ${name} have the same address ${address}`, {
        hint: 'each host has an address of its own',
      });
    }
    owners.set(address, name);
  }
}

/** A Secret anywhere in it shows as stars. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : inspect(value);

/**
 * Refuses a variable that the hosts of a group must agree on and do not.
 * @param own the values that this host has after defaults
 * @throws PlaybookError that names both hosts
 */
export function refuseDisagreement(
  host: HostView,
  others: readonly HostView[],
  own: Readonly<Record<string, unknown>>,
): void {
  for (const [variable, value] of Object.entries(own)) {
    for (const other of others) {
      const theirs = other.vars[variable];
      if (theirs === undefined || isDeepStrictEqual(theirs, value)) continue;
      throw new PlaybookError(
        `${variable} is ${shown(value)} for ${host.name} and ${shown(theirs)} for ${other.name}`,
        { hint: 'set it once, for their group' },
      );
    }
  }
}
