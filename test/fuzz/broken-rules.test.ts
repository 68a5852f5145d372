/** The search is worth something: it comes upon a program for each rule that is broken on purpose. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rules, shownBroken } from './broken-rules.ts';
import { readCaught } from './caught.ts';
import { openLane, type Lane } from './lane.ts';
import { programs } from './program.ts';
import { thisMachine } from './this-machine.ts';

const { seed, programs: numbers } = readCaught();
const hint = 'the search writes other programs now: run `npm run fuzz -- --broken`';

let lane: Lane;
beforeAll(async () => {
  lane = await openLane(await thisMachine());
});
afterAll(() => lane.close());

test.each(rules)('a search finds it broken: $name', async (rule) => {
  const number = numbers[rule.name] ?? Infinity;
  expect(number, hint).toBeLessThanOrEqual(1000);
  const [program] = fc.sample(programs, { seed, path: String(number - 1), numRuns: 1 });
  if (!program) throw new Error('nothing was written');
  expect(await shownBroken(lane, program, [rule]), `${hint}\n${program.source}`).toEqual([rule]);
});
