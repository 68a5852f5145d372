/** `npm run fuzz -- --broken`: after how many programs each rule that is broken on purpose is found. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rules, shownBroken, type Rule } from './broken-rules.ts';
import { readCaught, writeCaught } from './caught.ts';
import { openLane } from './lane.ts';
import { programs } from './written/program.ts';
import { thisMachine } from './this-machine.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? readCaught().seed);
const most = 1000;

test(`each broken rule is caught from seed ${seed}`, { timeout: 7_200_000 }, async () => {
  // One at a time: a rule is broken for all of this process.
  const lane = await openLane(await thisMachine());
  const caught = new Map<Rule, number>();
  for (const [index, program] of fc.sample(programs, { seed, numRuns: most }).entries()) {
    const left = rules.filter((rule) => !caught.has(rule));
    if (left.length === 0) break;
    for (const rule of await shownBroken(lane, program, left)) {
      caught.set(rule, index + 1);
      process.stdout.write(`program ${index + 1}: ${rule.name}\n${program.source}\n\n`);
    }
  }
  await lane.close();
  const numbers = [...caught].map(([{ name }, number]) => [name, number] as const);
  writeCaught({ seed, programs: Object.fromEntries(numbers) });
  for (const [name, number] of numbers) process.stdout.write(`${number} programs: ${name}\n`);
  expect(rules.filter((rule) => !caught.has(rule)).map(({ name }) => name)).toEqual([]);
});
