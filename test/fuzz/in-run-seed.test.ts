/** Steps that only the run knows (behind facts, for items) are no exception: the same programs each time. */
import { expect, test } from 'vitest';
import { patience, search, shown } from './search.ts';
import { programsInRun } from './written/program.ts';

const count = 200;

test(
  `${count} programs with such steps do in both modes what check said`,
  { timeout: patience },
  async () => {
    const { programs, finds } = await search({ seed: 3, count, lanes: 3, written: programsInRun });
    expect(finds.map(shown).join('\n\n')).toBe('');
    expect(programs).toBeGreaterThanOrEqual(count);
  },
);
