/** Reading ahead never changes what a run does, and check says what it will do: the same programs each time. */
import { expect, test } from 'vitest';
import { patience, programsEach, search, shown } from './search.ts';

test('500 programs do in both modes what check said', { timeout: patience }, async () => {
  const { programs, finds } = await search({ seed: 1, count: programsEach, lanes: 3 });
  expect(finds.map(shown).join('\n\n')).toBe('');
  expect(programs).toBeGreaterThanOrEqual(programsEach);
});
