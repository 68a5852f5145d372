import * as fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import {
  addressAt,
  formatCidr,
  includes,
  overlap,
  parseCidr,
  sizeOf,
  type Cidr,
} from '../../../roles/cluster/index.ts';
import { addressNumber, formatAddress } from '../../../roles/cluster/cidr.ts';

const ipv4 = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .map((n) => ({ family: 4 as const, n: BigInt(n) }));
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((n) => ({ family: 6 as const, n }));
const addresses = fc.oneof(ipv4, ipv6);
const networks: fc.Arbitrary<Cidr> = addresses.chain(({ family, n }) =>
  fc.integer({ min: 0, max: family === 4 ? 32 : 128 }).map((prefix) => {
    const free = BigInt((family === 4 ? 32 : 128) - prefix);
    return { family, base: (n >> free) << free, prefix };
  }),
);

test('an address is itself again when it was written and read', () => {
  fc.assert(
    fc.property(addresses, ({ family, n }) => {
      expect(addressNumber(formatAddress(n, family))).toBe(n);
    }),
  );
});

test('a network is itself again when it was written and read', () => {
  fc.assert(
    fc.property(networks, (cidr) => {
      expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
    }),
  );
});

test('networks are either apart or one holds the first address of the other', () => {
  fc.assert(
    fc.property(networks, networks, (a, b) => {
      const first = (cidr: Cidr): string => addressAt(cidr, 0n);
      const held = includes(a, first(b)) || includes(b, first(a));
      expect(overlap(a, b)).toBe(held);
      expect(overlap(b, a)).toBe(held);
    }),
  );
});

test('a network holds its first and its last address and none behind it', () => {
  fc.assert(
    fc.property(networks, (cidr) => {
      const last = sizeOf(cidr) - 1n;
      expect(includes(cidr, addressAt(cidr, 0n))).toBe(true);
      expect(includes(cidr, addressAt(cidr, last))).toBe(true);
      expect(() => addressAt(cidr, last + 1n)).toThrow(RangeError);
    }),
  );
});

test("the services' first and second address", () => {
  const services = parseCidr('10.254.0.0/16');
  expect([addressAt(services, 1n), addressAt(services, 2n)]).toEqual(['10.254.0.1', '10.254.0.2']);
});

test.each([
  ['fd00:0:0:1::/64', 'fd00:0:0:1::1'],
  ['::/0', '::1'],
  ['2001:db8::/32', '2001:db8::1'],
])('%s has the first host %s in its shortest form', (text, first) => {
  expect(addressAt(parseCidr(text), 1n)).toBe(first);
  expect(isIPv6(first)).toBe(true);
});

test('an IPv6 address that ends as IPv4 is read', () => {
  expect(formatAddress(addressNumber('::ffff:10.0.0.1'), 6)).toBe('::ffff:a00:1');
});

test('an address within a network is no network, and the right one is named', () => {
  expect(() => parseCidr('172.30.1.0/16')).toThrow('write 172.30.0.0/16');
});

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '10.0.0.0/8/8',
  'fd00::/129',
  '/8',
  '10.0.0.0/-1',
])('%s is refused', (text) => {
  expect(() => parseCidr(text)).toThrow(RangeError);
});

test('IPv4 and IPv6 never overlap', () => {
  expect(overlap(parseCidr('0.0.0.0/0'), parseCidr('::/0'))).toBe(false);
  expect(includes(parseCidr('::/0'), '10.0.0.1')).toBe(false);
});
