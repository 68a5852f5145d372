/**
 * `npm run check`: format, lint, types, generated pages and the quick tests, as much at once as two
 * processors carry. What went wrong is printed whole; what went well is one line.
 */
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';

const run = $({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  nothrow: true,
  preferLocal: true,
});

const checks: Readonly<Record<string, readonly string[]>> = {
  'quick tests': ['vitest', 'run', '--project=quick', '--reporter=dot'],
  types: ['tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types'],
  lint: ['oxlint', '--type-aware'],
  documents: ['tsx', 'scripts/docs.ts', '--check'],
  format: ['oxfmt', '--check'],
};

const passed = await Promise.all(
  Object.entries(checks).map(async ([name, argv]) => {
    const start = Date.now();
    const { exitCode, stdall } = await run`${argv}`;
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    process.stdout.write(exitCode === 0 ? `${name}: ok (${seconds} s)\n` : `${stdall}\n`);
    if (exitCode !== 0) process.stdout.write(`${name}: failed (${seconds} s)\n`);
    return exitCode === 0;
  }),
);
process.exitCode = passed.every(Boolean) ? 0 : 1;
