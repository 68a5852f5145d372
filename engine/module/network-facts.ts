/** Interfaces and the default route, from `ip`, `ifconfig` or /proc. */
import type { Facts } from './facts.ts';

type Interfaces = Record<string, { ipv4: string[]; ipv6: string[]; mac: string }>;

/**
 * @param addresses lines of `ip -o addr show` or of `ifconfig -a`
 * @param macs lines `name address` of /sys/class/net
 */
export function interfaces(
  addresses: readonly string[],
  macs: readonly string[],
): Facts['interfaces'] {
  const found: Interfaces = {};
  const of = (name: string) => (found[name] ??= { ipv4: [], ipv6: [], mac: '' });
  for (const line of macs) {
    const [name = '', mac = ''] = line.split(' ');
    of(name).mac = mac;
  }
  const linkLocal: [string, string][] = [];
  for (const { name, family, address } of addressesOf(addresses)) {
    if (family === 'inet') of(name).ipv4.push(address);
    else if (/^fe[89ab]/i.test(address)) linkLocal.push([name, address]);
    else of(name).ipv6.push(address);
  }
  // Link-local addresses last: whoever takes the first one wants to be reachable.
  for (const [name, address] of linkLocal) of(name).ipv6.push(address);
  delete found['lo'];
  return found;
}

interface Address {
  readonly name: string;
  readonly family: 'inet' | 'inet6';
  readonly address: string;
}

function addressesOf(lines: readonly string[]): Address[] {
  const found: Address[] = [];
  let current = '';
  for (const line of lines) {
    const ip = /^\d+:\s+([^\s@]+)(?:@\S+)?\s+(inet6?)\s+([^\s/]+)/.exec(line);
    if (ip) {
      found.push({ name: ip[1] ?? '', family: family(ip[2]), address: ip[3] ?? '' });
      continue;
    }
    current = /^([^\s:]+)/.exec(line)?.[1] ?? current;
    const ifconfig = /^\s+(inet6?) (?:addr: ?)?([0-9a-fA-F.:]+)/.exec(line);
    if (ifconfig) {
      found.push({ name: current, family: family(ifconfig[1]), address: ifconfig[2] ?? '' });
    }
  }
  return found;
}

const family = (word: string | undefined) => (word === 'inet6' ? 'inet6' : 'inet');

/**
 * @param route the line of `ip -4 route get` to an address beyond every local network
 * @param table lines of /proc/net/route, for hosts without `ip`
 */
export function defaultRoute(
  route: string,
  table: readonly string[],
  known: Facts['interfaces'],
): Facts['defaultIpv4'] {
  const word = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(route)?.[1] ?? '';
  const device = word('dev');
  if (device !== '' && device !== 'lo') {
    return { interface: device, address: word('src'), gateway: word('via') };
  }
  const rows = table
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[1] === '00000000' && cells[7] === '00000000')
    .toSorted((a, b) => Number(a[6]) - Number(b[6]));
  const [name = '', , gateway = ''] = rows[0] ?? [];
  if (name === '') return { interface: '', address: '', gateway: '' };
  return {
    interface: name,
    address: known[name]?.ipv4[0] ?? '',
    gateway: gateway === '00000000' ? '' : dotted(gateway),
  };
}

/** /proc/net/route has little-endian hexadecimal. */
function dotted(hex: string): string {
  return (hex.match(/../g) ?? [])
    .map((pair) => Number.parseInt(pair, 16))
    .toReversed()
    .join('.');
}
