import { describe, expect, it } from 'vitest';
import { eachLikelyWindow, hashOf, HashFilter } from '../../engine/secrets/rolling-hash.ts';

describe('a filter of hashes', () => {
  it.each([1, 4096, 4097, 20_000])('knows %i, and takes few others for known', (count) => {
    const hash = (index: number): number => Math.imul(index, 0x85ebca6b) ^ (index << 7);
    const filter = new HashFilter();
    for (let index = 0; index < count; index++) filter.add(hash(index));
    const known = (from: number, to: number): number => {
      let found = 0;
      for (let index = from; index < to; index++) if (filter.has(hash(index))) found++;
      return found;
    };
    expect(known(0, count)).toBe(count);
    expect(known(100_000, 110_000)).toBeLessThan(1000);
  });
});

describe('the windows of a text', () => {
  const windows = (text: string, size: number, known: readonly string[]): unknown => {
    const filter = new HashFilter();
    for (const each of known) filter.add(hashOf(each, 0, size));
    const found: unknown[] = [];
    eachLikelyWindow(text, size, filter, (at, hash) => {
      expect(hash).toBe(hashOf(text, at, size));
      found.push(at);
    });
    return found;
  };

  it('are told where they are known, the first and the last too', () => {
    expect(windows('abcdabce', 3, ['abc'])).toEqual([0, 4]);
    expect(windows('xyzabc', 3, ['abc'])).toEqual([3]);
    expect(windows('abc', 3, ['abc'])).toEqual([0]);
    expect(windows('ünï☃ünï', 3, ['ünï'])).toEqual([0, 4]);
  });

  it('are none in a text that is shorter', () => {
    expect(windows('ab', 3, ['abc'])).toEqual([]);
    expect(windows('', 1, ['a'])).toEqual([]);
  });
});
