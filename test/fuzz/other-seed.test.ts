/** Reading ahead never changes what a run does, and check says what it will do: programs of another seed. */
import { expect, test } from 'vitest';
import { patience, programsEach, search, shown } from './search.ts';

/** What lands must not depend on luck; `npm run fuzz` takes a new seed each time. */
const seed = Number(process.env['FUZZ_SEED'] ?? 568_869_138);

test('500 programs more do so too', { timeout: patience }, async () => {
  const { programs, finds } = await search({ seed, count: programsEach, lanes: 3 });
  expect(finds.map(shown).join('\n\n')).toBe('');
  expect(programs).toBeGreaterThanOrEqual(programsEach);
});
