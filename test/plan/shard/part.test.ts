/** Which part a host is in. */
import { describe, expect, it } from 'vitest';
import { partsOfHosts } from '../../../engine/plan/shard/part.ts';

const named = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `web${index + 1}.example.org`);

const sizes = (hosts: readonly string[], parts: number): readonly number[] => {
  const of = [...partsOfHosts(hosts, parts).values()];
  return Array.from({ length: parts }, (_, part) => of.filter((each) => each === part + 1).length);
};

/** Hosts that are in another part with the second list or number of parts. */
function moved(before: [string[], number], after: [string[], number]): readonly string[] {
  const [was, is] = [partsOfHosts(...before), partsOfHosts(...after)];
  return [...was.keys()].filter((host) => was.get(host) !== is.get(host));
}

it('is the same in every version: parts of one whole may run on different ones', () => {
  const names = ['web1', 'web2', 'web3', 'db1', 'db2', 'größe', 'a.example.org'];
  const of = partsOfHosts(names, 3);
  expect(names.map((name) => of.get(name))).toEqual([1, 2, 3, 3, 2, 1, 2]);
});

it('does not depend on the order of the inventory', () => {
  const hosts = named(100);
  const [one, other] = [partsOfHosts(hosts, 7), partsOfHosts(hosts.toReversed(), 7)];
  expect(hosts.map((host) => one.get(host))).toEqual(hosts.map((host) => other.get(host)));
});

describe('no part has more than its share, rounded up', () => {
  it.each([
    [12, 3],
    [3, 3],
    [10, 4],
    [2, 5],
    [2000, 8],
  ])('%i hosts in %i parts', (hosts, parts) => {
    const found = sizes(named(hosts), parts);
    expect(Math.max(...found)).toBeLessThanOrEqual(Math.ceil(hosts / parts));
    expect(found.reduce((sum, size) => sum + size)).toBe(hosts);
  });
});

it('a further host moves few others, whatever its name', () => {
  const hosts = named(100);
  const moves = Array.from({ length: 50 }, (_, index) => `db${index}`).map(
    (host) => moved([hosts, 8], [[...hosts, host], 8]).length,
  );
  expect(Math.max(...moves)).toBeLessThanOrEqual(8);
  expect(moves.reduce((sum, count) => sum + count) / moves.length).toBeLessThan(3);
});

it('a host that goes moves few others', () => {
  const hosts = named(100);
  const moves = hosts.map(
    (gone) => moved([hosts.filter((host) => host !== gone), 8], [hosts, 8]).length,
  );
  expect(Math.max(...moves)).toBeLessThanOrEqual(8);
});

it('a further part takes about its share, and most others stay', () => {
  const hosts = named(2000);
  expect(moved([hosts, 8], [hosts, 9]).length).toBeLessThan((hosts.length / 9) * 1.6);
});

it('five thousand hosts in a hundred parts cost a few seconds of processor time at most', () => {
  const before = process.cpuUsage();
  partsOfHosts(named(5000), 100);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(6);
});
