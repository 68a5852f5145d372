import * as fc from 'fast-check';
import { isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import {
  addressNumber,
  formatAddress,
  parseNetwork,
  type Network,
} from '../../kubernetes/network.ts';

const ipv4 = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .map((n) => ({ family: 4 as const, n: BigInt(n) }));
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((n) => ({ family: 6 as const, n }));
const addresses = fc.oneof(ipv4, ipv6);
const texts = addresses.chain(({ family, n }) =>
  fc.integer({ min: 0, max: family === 4 ? 32 : 128 }).map((prefix) => {
    const free = BigInt((family === 4 ? 32 : 128) - prefix);
    return `${formatAddress((n >> free) << free, family)}/${prefix}`;
  }),
);
const networks: fc.Arbitrary<Network> = texts.map(parseNetwork);

test('an address is itself again when it was written and read', () => {
  fc.assert(
    fc.property(addresses, ({ family, n }) => {
      expect(addressNumber(formatAddress(n, family))).toBe(n);
    }),
  );
});

test('a network is itself again when it was written and read', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(parseNetwork(text).text).toBe(text);
    }),
  );
});

test('networks are either apart or one holds the first address of the other', () => {
  fc.assert(
    fc.property(networks, networks, (a, b) => {
      const held = a.includes(b.at(0n)) || b.includes(a.at(0n));
      expect(a.overlaps(b)).toBe(held);
      expect(b.overlaps(a)).toBe(held);
    }),
  );
});

test('a network holds its first and its last address and none behind it', () => {
  fc.assert(
    fc.property(networks, (network) => {
      const last = network.size - 1n;
      expect(network.includes(network.at(0n))).toBe(true);
      expect(network.includes(network.at(last))).toBe(true);
      expect(() => network.at(last + 1n)).toThrow(RangeError);
    }),
  );
});

test("the services' first and second address", () => {
  const services = parseNetwork('10.254.0.0/16');
  expect([services.at(1n), services.at(2n)]).toEqual(['10.254.0.1', '10.254.0.2']);
});

test.each([
  ['fd00:0:0:1::/64', 'fd00:0:0:1::1'],
  ['::/0', '::1'],
  ['2001:db8::/32', '2001:db8::1'],
])('%s has the first host %s in its shortest form', (text, first) => {
  expect(parseNetwork(text).at(1n)).toBe(first);
  expect(isIPv6(first)).toBe(true);
});

test('an IPv6 address that ends as IPv4 is read', () => {
  expect(formatAddress(addressNumber('::ffff:10.0.0.1'), 6)).toBe('::ffff:a00:1');
});

test('an address within a network is no network, and the right one is named', () => {
  expect(() => parseNetwork('172.30.1.0/16')).toThrow('write 172.30.0.0/16');
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
  expect(() => parseNetwork(text)).toThrow(RangeError);
});

test('IPv4 and IPv6 never overlap', () => {
  expect(parseNetwork('0.0.0.0/0').overlaps(parseNetwork('::/0'))).toBe(false);
  expect(parseNetwork('::/0').includes('10.0.0.1')).toBe(false);
});
