/** Which part a host is in. */
import { expect, it } from 'vitest';
import { partOf } from '../../../engine/plan/shard/part.ts';

const hosts = Array.from({ length: 2000 }, (_, index) => `web${index}.example.org`);

it('is the same in every version: parts of one whole may run on different ones', () => {
  const names = ['web1', 'web2', 'web3', 'db1', 'db2', 'größe', 'a.example.org'];
  expect(names.map((name) => partOf(name, 8))).toEqual([1, 2, 5, 3, 6, 1, 8]);
});

it('puts each host into one of the parts, about as many into each', () => {
  const sizes = Array.from({ length: 8 }, () => 0);
  for (const host of hosts) {
    const part = partOf(host, 8);
    sizes[part - 1] = (sizes[part - 1] ?? NaN) + 1;
  }
  expect(Math.min(...sizes)).toBeGreaterThan(200);
  expect(Math.max(...sizes)).toBeLessThan(300);
});

it('takes for a further part its share of each, and moves nothing between the others', () => {
  const moved = hosts.filter((host) => partOf(host, 8) !== partOf(host, 9));
  expect(new Set(moved.map((host) => partOf(host, 9)))).toEqual(new Set([9]));
  expect(moved.length).toBeLessThan((hosts.length / 9) * 1.2);
});

it('is all hosts where there is one part', () => {
  expect(hosts.every((host) => partOf(host, 1) === 1)).toBe(true);
});
