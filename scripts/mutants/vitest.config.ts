/** The tests that mutants are shown to: those beside the mutated folders. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: (process.env['MUTANTS_TESTS'] ?? '').split(','),
    // Many, large and random things take seconds, for every mutant that they reach.
    exclude: ['**/scale.test.ts', '**/properties.test.ts'],
    // Mutants are switched on at run time, so modules need not be loaded anew for each file.
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
