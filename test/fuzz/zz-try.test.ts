import { expect, test } from 'vitest';
import { search, shown } from './search.ts';

test('try', { timeout: 500_000 }, async () => {
  const { programs, finds, unsteady } = await search({
    seed: Number(process.env['SEED'] ?? 7000),
    count: Number(process.env['COUNT'] ?? 40),
    lanes: 1,
    shrink: true,
  });
  console.log(programs, unsteady.map(shown).join('\n'), finds.map(shown).join('\n'));
  expect(finds).toEqual([]);
});
