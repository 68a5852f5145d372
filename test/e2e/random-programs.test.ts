/** Random programs on lab hosts: units and accounts, as well as what `test/fuzz` does on this machine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { labHosts } from '../fuzz/lab-hosts.ts';
import { programsOfSystems } from '../fuzz/written/program.ts';
import { patience, search, shown } from '../fuzz/search.ts';
import { labFor } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await labFor('fuzz', 2);
});
afterAll(() => lab.down());

test(
  '50 programs do in both modes what check said',
  async () => {
    const { programs, finds } = await search({
      seed: 1,
      count: 50,
      lanes: 1,
      // `npm run fuzz -- --lab` makes it small.
      shrink: false,
      ground: () => labHosts(lab),
      written: programsOfSystems,
    });
    expect(finds.map(shown).join('\n\n')).toBe('');
    expect(programs).toBeGreaterThanOrEqual(50);
  },
  patience,
);
