/** The tests that mutants are shown to: `rooms.ts` says which. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: process.env['MUTANTS_SHELLS'] ? [] : ['scripts/mutants/without-shells.ts'],
    include: (process.env['MUTANTS_TESTS'] ?? '').split(','),
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
