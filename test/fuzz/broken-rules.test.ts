/**
 * The search is worth something: it comes upon a program for rules that are broken on purpose.
 * `npm run fuzz -- --broken` looks for all of them, and notes the numbers.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rules, shownBroken } from './broken-rules.ts';
import { readCaught } from './caught.ts';
import { openLane, type Lane } from './lane.ts';
import { programs } from './written/program.ts';
import { patience } from './search.ts';
import { thisMachine } from './this-machine.ts';

const { seed, programs: numbers } = readCaught();
const noted = rules.flatMap((rule) => {
  const number = numbers[rule.name];
  return number === undefined ? [] : [{ name: rule.name, rule, number }];
});
const hint = 'where the search writes other programs now: run `npm run fuzz -- --broken`';

let lane: Lane;
beforeAll(async () => {
  lane = await openLane(await thisMachine());
});
afterAll(() => lane.close());

test('the rules with a program are rules, found within 1,000', () => {
  expect(Object.keys(numbers).filter((name) => rules.every((each) => each.name !== name))).toEqual(
    [],
  );
  expect(Math.max(...noted.map(({ number }) => number))).toBeLessThanOrEqual(1000);
});

test.each(noted)('a search finds it broken: $name', { timeout: patience }, async (each) => {
  const { rule, number } = each;
  const [program] = fc.sample(programs, { seed, path: String(number - 1), numRuns: 1 });
  if (!program) throw new Error('nothing was written');
  expect(await shownBroken(lane, program, [rule]), `${hint}\n${program.source}`).toEqual([rule]);
});
