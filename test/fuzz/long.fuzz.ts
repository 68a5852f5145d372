/** `npm run fuzz`: searches as long as it is told to, and prints what it finds as playbooks. */
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { search, shown } from './search.ts';
import { thisMachine } from './this-machine.ts';
import { programs, programsInRun } from './written/program.ts';

const minutes = Number(process.env['FUZZ_MINUTES'] ?? 1);
const first = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const lanes = 3;

test(`for ${minutes} min from seed ${first}`, { timeout: (minutes + 10) * 60_000 }, async () => {
  const end = Date.now() + minutes * 60_000;
  let ran = 0;
  let finds = 0;
  for (let seed = first; Date.now() < end; seed += lanes) {
    const searched = await search({
      seed,
      count: 300,
      lanes,
      within: end - Date.now(),
      written: fc.oneof(programs, programsInRun),
      ground: (lane) => thisMachine({ onDisk: lane === 0 }),
    });
    ran += searched.programs;
    finds += searched.finds.length;
    for (const find of searched.finds) process.stdout.write(`${shown(find)}\n\n`);
    for (const find of searched.unsteady) process.stdout.write(`// once only\n${shown(find)}\n\n`);
  }
  process.stdout.write(`${ran} programs, ${finds} finds\n`);
  expect(finds).toBe(0);
});
