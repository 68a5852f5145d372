/** The tests that mutants are shown to: those beside the mutated folders. */
import { defineConfig } from 'vitest/config';

const folders = (process.env['MUTANTS_FOLDERS'] ?? '').split(',');

export default defineConfig({
  test: {
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
