/**
 * `npm run mutants [-- --every N] [-- --shells] [-- paths]`: changes the engine in small ways and
 * sees whether a test notices. Paths are files or folders of `engine/`; what survives with a reason,
 * and what was measured, is in `survivors.md`.
 *
 * - `--every N` takes one of N functions and methods, always the same ones.
 * - `--shells` shows mutants to the tests that start programs too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { everything, testsOf } from './rooms.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, shells: { type: 'boolean', default: false } },
});
const given = positionals.map((path) => path.replace(/\/$/, ''));
const stray = given.filter((path) => !/^engine\/[^/]+/.test(path));
const folderOf = (path: string): string => path.split('/')[1] ?? '';

if (stray.length > 0 || !/^[1-9]\d*$/.test(values.every)) {
  const what = stray.length > 0 ? `not below engine/: ${stray.join(', ')}` : '--every: a number';
  process.stderr.write(`${what}\n`);
  process.exitCode = 1;
} else {
  const paths = given.length === 0 ? everything : given;
  // A folder at a time: each has its own tests, and so its own memory of what was found.
  for (const folder of new Set(paths.map(folderOf))) {
    const failed = measure(
      folder,
      paths.filter((path) => folderOf(path) === folder),
    );
    if (failed) process.exitCode = 1;
  }
}

/** @returns whether too much survived, or the tests fail without a mutant */
function measure(folder: string, paths: readonly string[]): boolean {
  const home = join(tmpdir(), 'tsplay-mutants', folder);
  mkdirSync(home, { recursive: true });
  const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory();
  const mutated = paths.map((path) => (isFolder(path) ? `${path}/**/*.ts` : path));
  const { status } = spawnSync(
    join(root, 'node_modules/.bin/stryker'),
    ['run', 'scripts/mutants/stryker.config.mjs', '--mutate', mutated.join(',')],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        MUTANTS_HOME: home,
        MUTANTS_EVERY: values.every,
        ...(values.shells && { MUTANTS_SHELLS: 'yes' }),
        MUTANTS_TESTS: testsOf(root, folder, values.shells).join(','),
      },
    },
  );
  return status !== 0;
}
