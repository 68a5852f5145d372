import { describe, expect, it } from 'vitest';
import { LongTexts } from '../../engine/secrets/long-texts.ts';
import { Ranges } from '../../engine/secrets/ranges.ts';
import { hashOf } from '../../engine/secrets/rolling-hash.ts';

/** No part of it is twice in it. */
const key = (length: number, from = 0): string =>
  Array.from({ length }, (_, index) =>
    String.fromCharCode(33 + (((from + index + 1) ** 3 % 9973) % 94)),
  ).join('');

function found(known: readonly string[], text: string): unknown {
  const texts = new LongTexts();
  for (const each of known) texts.add(each);
  const into = new Ranges();
  texts.find(text, into);
  return into.merged();
}

describe('a long text is found', () => {
  it.each([64, 95, 96, 97])('whole, of %i characters', (length) => {
    expect(found([key(length)], `> ${key(length)} <`)).toEqual([[2, length + 2]]);
    expect(found([key(length)], key(length))).toEqual([[0, length]]);
  });

  it.each([0, 1, 31, 32, 33, 37])('by any 63 of its characters, from %i on', (from) => {
    const part = key(100).slice(from, from + 63);
    expect(found([key(100)], `\u0001${part}\u0001`)).toEqual([[1, 64]]);
  });

  it('by its last 32 characters', () => {
    expect(found([key(95)], `> ${key(95).slice(-32)}`)).toEqual([[2, 34]]);
  });

  it('each time that it is there, also at once behind itself', () => {
    const text = key(64);
    expect(found([text], `${text}\u0001${text}`)).toEqual([
      [0, 64],
      [65, 129],
    ]);
    expect(found([text], text + text)).toEqual([[0, 128]]);
    expect(found([text], `${text}${text.slice(10, 20)}${text}`)).toEqual([
      [0, 64],
      [74, 138],
    ]);
  });

  it.each([63, 100, 180])('by any %i characters also where much of it is there twice', (length) => {
    const twice = key(150);
    const text = `${key(40, 500)}${twice}${key(45, 600)}${twice}${key(50, 700)}`;
    for (let from = 0; from + length <= text.length; from++) {
      const part = text.slice(from, from + length);
      expect([from, found([text], `>>\u0001${part}\u0001`)]).toEqual([from, [[3, length + 3]]]);
    }
  });

  it('by any part of what repeats itself', () => {
    const text = `${'ab'.repeat(40)}c${'ab'.repeat(40)}d`;
    for (let from = 0; from + 63 <= text.length; from++)
      expect(found([text], `>${text.slice(from, from + 63)}<`)).toEqual([[1, 64]]);
  });

  it('by what others begin with too, as far as one of four goes on', () => {
    const keys = [100, 200, 300, 400, 500].map((from) => key(32) + key(40, from));
    keys.slice(0, 4).forEach((each) => {
      expect(found(keys, `> ${each.slice(0, 50)} <`)).toEqual([[2, 52]]);
    });
    expect(found(keys, `> ${keys[4]?.slice(0, 50)} <`)).toEqual([[2, 34]]);
  });
});

describe('no long text is found', () => {
  it('in fewer than 32 of its characters', () => {
    expect(found([key(64)], key(64).slice(0, 31))).toEqual([]);
    expect(found([], key(64))).toEqual([]);
  });

  it('in one that only has the same hash', () => {
    const one = '\u1000'.repeat(32);
    const other = `${'\u1000'.repeat(29)}\u1007\u04f6\u17df`;
    expect(hashOf(one, 0, 32)).toBe(hashOf(other, 0, 32));
    expect(found([one], other)).toEqual([]);
    expect(found([other], `${one.slice(3)}abc`)).toEqual([]);
  });
});
