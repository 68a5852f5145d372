/**
 * `npm run test:faults [-- FILE…]`: what goes wrong in the world, done on purpose. Writes what was
 * tried and what held to test/faults/results.json, and docs/reliability.md, which is made of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Trial } from '../test/faults/trial.ts';
import { chapters, readResults, type Results } from './reliability-page.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly meta?: { readonly trial?: Trial } }[];
  }[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsplay-faults-'));
const file = join(folder, 'report.json');

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
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  write(JSON.parse(readFileSync(file, 'utf8')) as Report);
  spawnSync(join(root, 'node_modules', '.bin', 'tsx'), [join(root, 'scripts', 'docs.ts')], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** In the order of the page; files that were not run now keep what they had. */
function write({ testResults }: Report): void {
  const ran: Results = Object.fromEntries(
    testResults.map(({ name, assertionResults }) => [
      basename(name, '.test.ts'),
      assertionResults.flatMap(({ meta }) => (meta?.trial ? [meta.trial] : [])),
    ]),
  );
  const all: Results = { ...readResults(), ...ran };
  const results = Object.fromEntries(
    Object.keys(chapters).flatMap((name) => (all[name] ? [[name, all[name]]] : [])),
  );
  writeFileSync(
    join(root, 'test', 'faults', 'results.json'),
    `${JSON.stringify(results, undefined, 2)}\n`,
  );
}
