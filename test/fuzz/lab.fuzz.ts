/**
 * `npm run fuzz -- --lab`: on two lab hosts, with units and accounts; on those of the lab that
 * FUZZ_LAB names (default: `fuzz`), or else on new ones.
 */
import { expect, test } from 'vitest';
import { findLab } from '../../lab/index.ts';
import { labFor } from '../e2e/lab.ts';
import { labHosts } from './lab-hosts.ts';
import { programsOfSystems } from './written/program.ts';
import { search, shown } from './search.ts';

const minutes = Number(process.env['FUZZ_MINUTES'] ?? 1);
const first = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const name = process.env['FUZZ_LAB'] ?? 'fuzz';

test(`for ${minutes} min from seed ${first}`, { timeout: (minutes + 20) * 60_000 }, async () => {
  const known = await findLab(name).catch(() => undefined);
  const lab = known ?? (await labFor(name, 2));
  const end = Date.now() + minutes * 60_000;
  let programs = 0;
  let finds = 0;
  for (let seed = first; Date.now() < end; seed += 1) {
    const searched = await search({
      seed,
      count: 100,
      lanes: 1,
      within: end - Date.now(),
      ground: () => labHosts(lab),
      written: programsOfSystems,
    });
    programs += searched.programs;
    finds += searched.finds.length;
    for (const find of searched.finds) process.stdout.write(`${shown(find)}\n\n`);
    for (const find of searched.unsteady) process.stdout.write(`// once only\n${shown(find)}\n\n`);
  }
  process.stdout.write(`${programs} programs, ${finds} finds\n`);
  if (!known) await lab.down();
  expect(finds).toBe(0);
});
