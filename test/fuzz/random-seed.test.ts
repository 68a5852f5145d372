/** Reading ahead never changes what a run does, and check says what it will do: other programs each time. */
import { expect, test } from 'vitest';
import { patience, programsEach, search, shown } from './search.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

test('500 programs more, whose seed a find names', { timeout: patience }, async () => {
  const { programs, finds } = await search({ seed, count: programsEach, lanes: 3 });
  expect(finds.map(shown).join('\n\n')).toBe('');
  expect(programs).toBeGreaterThanOrEqual(programsEach);
});
