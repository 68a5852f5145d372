/**
 * `npm run mutants [-- --every N] [-- --shells] [-- paths]`: changes the engine in small ways and
 * sees whether a test notices. Paths are files or folders of `engine/` and `kubernetes/`; what survives with a reason,
 * and what was measured, is in `survivors.md`.
 *
 * - `--every N` takes one of N functions and methods, always the same ones.
 * - `--shells` shows mutants to the tests that start programs too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { everything, roomsOf, type Room } from './rooms.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, shells: { type: 'boolean', default: false } },
});
const given = positionals.map((path) => path.replace(/\/$/, ''));
const stray = given.filter((path) => !/^(engine|kubernetes)\/[^/]+/.test(path));

if (stray.length > 0 || !/^[1-9]\d*$/.test(values.every)) {
  const what =
    stray.length > 0
      ? `not below engine/ or kubernetes/: ${stray.join(', ')}`
      : '--every: a number';
  process.stderr.write(`${what}\n`);
  process.exitCode = 1;
} else {
  const paths = given.length === 0 ? everything : given;
  for (const room of roomsOf(root, paths, values.shells)) if (measure(room)) process.exitCode = 1;
}

/**
 * @returns whether too much survived, or the tests fail without a mutant
 * @throws Error where the program that mutates is not installed
 */
function measure({ name, files, tests }: Room): boolean {
  const home = join(tmpdir(), 'tsplay-mutants', name.replaceAll(/\W+/g, '-'));
  mkdirSync(home, { recursive: true });
  process.stdout.write(`\n${name}: ${files.length} files, ${tests.length} files of tests\n`);
  const { status, error } = spawnSync(
    join(root, 'node_modules/.bin/stryker'),
    ['run', 'scripts/mutants/stryker.config.mjs', '--mutate', files.join(',')],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        MUTANTS_HOME: home,
        MUTANTS_EVERY: values.every,
        MUTANTS_TESTS: tests.join(','),
        ...(values.shells && { MUTANTS_SHELLS: 'yes' }),
      },
    },
  );
  if (error) throw error;
  return status !== 0;
}
