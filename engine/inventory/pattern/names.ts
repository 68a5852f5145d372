/** Names of hosts and groups: what a pattern could read otherwise is refused. */
import { InventoryError, type Place } from '../../errors.ts';
import { expandRanges } from './range.ts';

const nameOfHost = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/** @throws InventoryError for a name that patterns or paths could not hold */
export function checkName(what: 'host' | 'group', name: string, at?: Place): void {
  if (nameOfHost.test(name)) return;
  const address = /^[[\]0-9a-f:]+$/i.test(name) && name.includes(':');
  throw new InventoryError(`'${name}' cannot be the name of a ${what}`, {
    at,
    hint: address
      ? `give it a name and write the address as variable: 'name: { host: "${name}" }'`
      : 'letters, digits, and . _ - inside',
  });
}

/**
 * Host names of a key or of an item of a host list: ranges expanded, `:port` split off.
 * @throws InventoryError
 */
export function hostNames(
  written: string,
  at?: Place,
): { readonly names: readonly string[]; readonly port: number | undefined } {
  const withPort = /^([^:]*(?:\[[^\]]*\][^:[]*)*):(\d+)$/.exec(written);
  const names = expandRanges(withPort?.[1] ?? written);
  // The names of one range differ in letters and digits only.
  if (names[0] !== undefined) checkName('host', names[0], at);
  return { names, port: withPort ? Number(withPort[2]) : undefined };
}
