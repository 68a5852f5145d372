/** Mutation testing of what is pure, or nearly: `npm run mutants [-- paths]`. */
import { join } from 'node:path';

/** Outside the repository; `index.ts` says where. */
const folder = process.env.MUTANTS_HOME ?? '.stryker';

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutants/left-alone.mjs'],
  ignorers: ['texts', 'sample'],
  vitest: { configFile: 'scripts/mutants/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // They would need a new process each; what a module makes once when it is loaded is data.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: join(folder, 'incremental.json'),
  tempDirName: join(folder, 'work'),
  ignorePatterns: ['/docs', '/bench', '/lab', '/dist', '/.play'],
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: join(folder, 'report.json') },
  thresholds: { high: 90, low: 80, break: 80 },
  concurrency: 1,
  // What takes too long counts as killed: on a busy machine that would be much.
  timeoutMS: 20_000,
  timeoutFactor: 1.5,
  // It would be read through an interface that TypeScript 7 no longer has.
  tsconfigFile: 'none',
};
