import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InventoryError } from '../../../engine/errors.ts';
import { expandRanges } from '../../../engine/inventory/pattern/range.ts';

describe('ranges', () => {
  it.each([
    ['web', ['web']],
    ['w[1:3]', ['w1', 'w2', 'w3']],
    ['w[01:03].lan', ['w01.lan', 'w02.lan', 'w03.lan']],
    ['w[08:10]', ['w08', 'w09', 'w10']],
    ['w[0:10:5]', ['w0', 'w5', 'w10']],
    ['w[:2]', ['w0', 'w1', 'w2']],
    ['w[0:20:10]', ['w0', 'w10', 'w20']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['db-[X:Z]', ['db-X', 'db-Y', 'db-Z']],
    ['[a:e:2]', ['a', 'c', 'e']],
    ['r[1:2]n[a:b]', ['r1na', 'r1nb', 'r2na', 'r2nb']],
    ['w[5:5]', ['w5']],
  ])('%s is %j', (name, names) => {
    expect(expandRanges(name)).toEqual(names);
  });

  it.each([
    ['w[1]', 'not a range'],
    ['w[3:1]', 'ends before'],
    ['w[c:a]', 'ends before'],
    ['w[a:Z]', 'mixes'],
    ['w[1:b]', 'not a range'],
    ['w[x1:3]', 'not a range'],
    ['w[1x:3]', 'not a range'],
    ['w[1:x3]', 'not a range'],
    ['w[1:3x]', 'not a range'],
    ['w[ab:d]', 'not a range'],
    ['w[a:cd]', 'not a range'],
    ['w[AB:D]', 'not a range'],
    ['w[A:CD]', 'not a range'],
    ['w[:c]', 'not a range'],
    ['w[1:9:x2]', 'not a range'],
    ['w[1:9:2x]', 'not a range'],
    ['w[:]', 'not a range'],
    ['w[1:]', 'not a range'],
    ['w[1:9:0]', 'not a range'],
    ['w[1:9:2:3]', 'not a range'],
    ['w[01:100]', 'different lengths'],
    ['w[1:1000000000]', 'more than'],
    ['w[1:1000][1:1000]', 'more than'],
  ])('%s is refused: %s', (name, message) => {
    expect(() => expandRanges(name)).toThrow(InventoryError);
    expect(() => expandRanges(name)).toThrow(message);
  });

  it('numbers: every step from start to end, each once, in order', () => {
    const parts = fc.record({
      start: fc.nat(500),
      length: fc.nat(200),
      step: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(parts, ({ start, length, step }) => {
        const names = expandRanges(`n[${start}:${start + length}:${step}]x`);
        const numbers = names.map((name) => Number(/^n(\d+)x$/.exec(name)?.[1]));
        expect(numbers).toHaveLength(Math.floor(length / step) + 1);
        expect(numbers.every((number, at) => number === start + at * step)).toBe(true);
      }),
    );
  });

  it('padded numbers keep their width', () => {
    const parts = fc.record({
      start: fc.nat(50),
      length: fc.nat(49),
      width: fc.constantFrom(3, 5),
    });
    fc.assert(
      fc.property(parts, ({ start, length, width }) => {
        const pad = (number: number): string => String(number).padStart(width, '0');
        const names = expandRanges(`[${pad(start)}:${pad(start + length)}]`);
        expect(names).toEqual(Array.from({ length: length + 1 }, (_, at) => pad(start + at)));
      }),
    );
  });

  it('a name without brackets is itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.-]{1,20}$/), (name) => {
        expect(expandRanges(name)).toEqual([name]);
      }),
    );
  });
});
