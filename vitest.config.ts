import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testsThatStartPrograms, thoroughTests } from './scripts/quick-tests.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const alias = [
  { find: /^tsplay$/, replacement: at('engine/index.ts') },
  { find: /^tsplay\/testing$/, replacement: at('engine/testing.ts') },
  { find: /^tsplay\/kubernetes$/, replacement: at('kubernetes/index.ts') },
];

export default defineConfig({
  test: {
    // Tests with shells wait more than they work.
    maxWorkers: 4,
    projects: [
      {
        resolve: { alias },
        // Many start shells, and a small machine may be busy: a limit catches hangs, not slowness.
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/fuzz/**', 'test/faults/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The part of `unit` that starts no programs: seconds, for `npm run check`. Its files share
      // one copy of the engine, since loading it takes longer than most of them.
      {
        resolve: { alias },
        test: {
          name: 'quick',
          pool: 'threads',
          isolate: false,
          setupFiles: ['test/fresh-secrets.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/e2e/**',
            'test/fuzz/**',
            'test/faults/**',
            ...testsThatStartPrograms(at('.')),
            ...thoroughTests,
          ],
          testTimeout: 30_000,
        },
      },
      // Random programs, in both modes of the engine.
      {
        resolve: { alias },
        test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'], hookTimeout: 120_000 },
      },
      // For as long as `npm run fuzz` says.
      {
        resolve: { alias },
        test: { name: 'fuzz-long', include: ['test/fuzz/*.fuzz.ts'], hookTimeout: 120_000 },
      },
      // Faults done on purpose: one file at a time, for they load and break this machine.
      {
        resolve: { alias },
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
