/** Mistakes that only several hosts show together: found before anything connects. */
import { isIP } from 'node:net';
import { inspect, isDeepStrictEqual } from 'node:util';
import { PlaybookError, type HostView } from 'tsplay';

export interface Mistake {
  readonly message: string;
  readonly hint: string;
}

/** @throws PlaybookError for the first mistake. @param what the service, for the message */
export function refuse(what: string, mistakes: Iterable<Mistake>): void {
  for (const { message, hint } of mistakes)
    throw new PlaybookError(`${what}: ${message}`, { hint });
}

export const giveIp = (name: string): string =>
  `give ${name} the variable 'ip': the address that the other hosts reach it by`;

/** Addresses that are names, of the host alone, or of two hosts. */
export function* addressMistakes(hosts: readonly HostView[]): Iterable<Mistake> {
  const owners = new Map<string, string>();
  for (const { name, address } of hosts) {
    if (isIP(address) === 0) {
      yield { message: `${name} has no IP address but '${address}'`, hint: giveIp(name) };
    } else if (/^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address)) {
      yield {
        message: `${name} has the address ${address}, which other hosts cannot reach`,
        hint: giveIp(name),
      };
    }
    const owner = owners.get(address);
    if (owner !== undefined && isIP(address) !== 0) {
      const message = `${owner} and ${name} have the same address ${address}`;
      yield { message, hint: 'each host has an address of its own' };
    }
    owners.set(address, name);
  }
}

/** A Secret anywhere in it shows as stars. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : inspect(value);

/**
 * Variables that the hosts of a group must agree on and do not.
 * @param own the values that one of them has after defaults
 * @param whose its name
 */
export function* disagreements(
  own: Readonly<Record<string, unknown>>,
  whose: string,
  hosts: readonly HostView[],
): Iterable<Mistake> {
  for (const [variable, value] of Object.entries(own)) {
    const other = hosts.find(
      ({ vars }) => vars[variable] !== undefined && !isDeepStrictEqual(vars[variable], value),
    );
    if (!other) continue;
    yield {
      message: `${variable} is ${shown(other.vars[variable])} for ${other.name} and ${shown(value)} for ${whose}`,
      hint: 'set it once, for their group',
    };
  }
}
