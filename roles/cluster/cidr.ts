/** Arithmetic of networks, IPv4 and IPv6. */
import { isIP, isIPv4 } from 'node:net';

export interface Cidr {
  readonly family: 4 | 6;
  /** The first address as a number. */
  readonly base: bigint;
  readonly prefix: number;
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** @throws RangeError for text that is no network, or one with bits behind the prefix */
export function parseCidr(text: string): Cidr {
  const [address = '', length = '', ...rest] = text.split('/');
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(length) || rest.length > 0) {
    throw new RangeError(`'${text}' is no network: write it as 10.0.0.0/16`);
  }
  const family = isIPv4(address) ? 4 : 6;
  const prefix = Number(length);
  if (prefix > bitsOf(family)) throw new RangeError(`'${text}': the length is too large`);
  const number = addressNumber(address);
  const base = firstOf(number, prefix, family);
  if (base !== number) {
    const meant = formatCidr({ family, base, prefix });
    throw new RangeError(`'${text}' is an address within its network: write ${meant}`);
  }
  return { family, base, prefix };
}

export const formatCidr = ({ family, base, prefix }: Cidr): string =>
  `${formatAddress(base, family)}/${prefix}`;

/** How many addresses the network has. */
export const sizeOf = ({ family, prefix }: Cidr): bigint => 1n << BigInt(bitsOf(family) - prefix);

/**
 * The address at this place of the network: 0 is its own, 1 the first of a host.
 * @throws RangeError behind its end
 */
export function addressAt(cidr: Cidr, index: bigint): string {
  if (index < 0n || index >= sizeOf(cidr)) {
    throw new RangeError(`${formatCidr(cidr)} has no address ${index}`);
  }
  return formatAddress(cidr.base + index, cidr.family);
}

export function overlap(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

/** @param address an IP address; one of the other family is in no network of this one */
export function includes(cidr: Cidr, address: string): boolean {
  if (familyOf(address) !== cidr.family) return false;
  return firstOf(addressNumber(address), cidr.prefix, cidr.family) === cidr.base;
}

/** @throws RangeError for text that is no address */
export function familyOf(address: string): 4 | 6 {
  const family = isIP(address);
  if (family === 4 || family === 6) return family;
  throw new RangeError(`'${address}' is no IP address`);
}

/** @throws RangeError for text that is no address */
export function addressNumber(address: string): bigint {
  if (familyOf(address) === 4) return digits(address.split('.').map(Number), 8n);
  const [plain = ''] = address.split('%');
  return digits(groupsOf(plain), 16n);
}

/** Text of an address, IPv6 in its shortest form (RFC 5952). */
export function formatAddress(number: bigint, family: 4 | 6): string {
  const width = family === 4 ? 8n : 16n;
  const count = family === 4 ? 4 : 8;
  const parts = Array.from({ length: count }, (_, index) =>
    Number((number >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n)),
  );
  return family === 4 ? parts.join('.') : shorten(parts);
}

const firstOf = (number: bigint, prefix: number, family: 4 | 6): bigint => {
  const free = BigInt(bitsOf(family) - prefix);
  return (number >> free) << free;
};

const digits = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((sum, part) => (sum << width) | BigInt(part), 0n);

/** The eight numbers of an IPv6 address, whose last two may be written as IPv4. */
function groupsOf(address: string): number[] {
  const sides = address.split('::').map((side) =>
    side === ''
      ? []
      : side.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
          return [a * 256 + b, c * 256 + d];
        }),
  );
  const [head = [], tail] = sides;
  if (tail === undefined) return head;
  const missing = 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** The longest run of zeros, from two on, is written as `::`. */
function shorten(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  groups.forEach((_, at) => {
    let length = 0;
    while (groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  });
  const hex = groups.map((group) => group.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}
