/**
 * `npm run test:faults`: what goes wrong in the world, done on purpose. Writes what was tried and
 * what held to test/faults/results.json, from which docs/reliability.md is made.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Trial } from '../test/faults/trial.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly meta?: { readonly trial?: Trial } }[];
  }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsplay-faults-'));
const file = join(folder, 'report.json');
const only = process.argv.slice(2);

try {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--project=faults',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...only,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  if (only.length === 0) write(JSON.parse(readFileSync(file, 'utf8')) as Report);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Rows in the order of files and tests, so that two runs differ only where they differ. */
function write(report: Report): void {
  const files = report.testResults.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const trials = files.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ meta }) => (meta?.trial ? [meta.trial] : [])),
  );
  writeFileSync(
    join(root, 'test', 'faults', 'results.json'),
    `${JSON.stringify({ trials }, undefined, 2)}\n`,
  );
}
