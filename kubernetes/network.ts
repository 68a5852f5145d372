/** Arithmetic of networks, IPv4 and IPv6. */
import { isIP } from 'node:net';

/** A network in CIDR notation. */
export interface Network {
  /** In its shortest form: `10.0.0.0/16`. */
  readonly text: string;
  readonly family: 4 | 6;
  /** Length of the prefix in bits. */
  readonly prefix: number;
  /** How many addresses it has. */
  readonly size: bigint;
  /** The first address as a number. */
  readonly first: bigint;
  /**
   * The address at this place: 0 is the network's own, 1 the first of a host.
   * @throws RangeError behind its end
   */
  at(index: bigint): string;
  /** Whether an IP address lies in it; one of the other IP version does not. */
  includes(address: string): boolean;
  overlaps(other: Network): boolean;
}

/**
 * Reads a network.
 * @param text as `10.0.0.0/16` or `fd00::/56`
 * @returns the network, for arithmetic
 * @throws RangeError for text that is no network, or an address within one
 * @example
 * export const services = parseNetwork('10.254.0.0/16');
 * export const dns = services.at(2n);
 */
export function parseNetwork(text: string): Network {
  const [address = '', length = '', ...rest] = text.split('/');
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(length) || rest.length > 0) {
    throw new RangeError(`'${text}' is no network: write it as 10.0.0.0/16`);
  }
  const family = familyOf(address);
  const prefix = Number(length);
  if (prefix > bitsOf(family)) throw new RangeError(`'${text}': the length is too large`);
  const number = addressNumber(address);
  const free = BigInt(bitsOf(family) - prefix);
  const first = (number >> free) << free;
  const written = `${formatAddress(first, family)}/${prefix}`;
  if (first !== number) {
    throw new RangeError(`'${text}' is an address within its network: write ${written}`);
  }
  const size = 1n << free;
  return {
    text: written,
    family,
    prefix,
    size,
    first,
    at(index) {
      if (index < 0n || index >= size) throw new RangeError(`${written} has no address ${index}`);
      return formatAddress(first + index, family);
    },
    includes: (each) => familyOf(each) === family && addressNumber(each) >> free === first >> free,
    overlaps: (other) =>
      other.family === family && first < other.first + other.size && other.first < first + size,
  };
}

/**
 * An IP address as a number.
 * @param address IPv4 or IPv6, without a network
 * @returns 32 or 128 bits
 * @throws RangeError for text that is no address
 * @example const hex = addressNumber('10.0.0.1').toString(16);
 */
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

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

function familyOf(address: string): 4 | 6 {
  const family = isIP(address);
  if (family === 4 || family === 6) return family;
  throw new RangeError(`'${address}' is no IP address`);
}

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
