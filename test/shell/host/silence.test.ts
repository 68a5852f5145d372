import { expect, test } from 'vitest';
import { longestSilence, Silences } from '../../../engine/shell/host/silence.ts';

const seconds = (count: number): number => count * 1000;
const long = seconds(longestSilence);

test('a count that does not change is a silence, and one of a minute is the end', () => {
  const silences = new Silences();
  expect(silences.hear('a', '4711:99:5', 0)).toBe(0);
  expect(silences.hear('a', '4711:99:5', seconds(31))).toBe(31);
  expect(silences.gone('a', long - 1)).toEqual([]);
  expect(silences.gone('a', long)).toEqual(['4711:99:5']);
  expect(silences.gone('b', long)).toEqual([]);
});

test('a sign of life begins it anew', () => {
  const silences = new Silences();
  silences.hear('a', '4711:99:5', 0);
  expect(silences.hear('a', '4711:99:6', seconds(30))).toBe(0);
  expect(silences.gone('a', long)).toEqual([]);
});

test('each session of a host has its own', () => {
  const silences = new Silences();
  silences.hear('a', '4711:99:5', 0);
  silences.hear('a', '4712:99:5', seconds(1));
  silences.hear('a', '4712:99:6', seconds(30));
  expect(silences.hear('a', '4711:99:5', seconds(31))).toBe(31);
  expect(silences.gone('a', long)).toEqual(['4711:99:5']);
});

test.each(['-', '', '4711:99', "1:2:3'; reboot", '1:2:3\n4'])(
  'what a host says that is no count, %j, is never heard of again',
  (beat) => {
    const silences = new Silences();
    expect(silences.hear('a', beat, 0)).toBeUndefined();
    expect(silences.gone('a', long)).toEqual([]);
  },
);
