/**
 * `npm run mutants [-- paths]`: changes the engine in small ways and sees whether a test notices.
 * Paths are files or folders of `engine/`; what survives with a reason is in `survivors.md`.
 */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const everything = ['plan', 'run', 'module', 'secrets', 'inventory'].map(
  (name) => `engine/${name}`,
);
const given = process.argv.slice(2).map((path) => path.replace(/\/$/, ''));
const paths = given.length === 0 ? everything : given;
const stray = paths.filter((path) => !/^engine\/[^/]+/.test(path));

if (stray.length > 0) {
  process.stderr.write(`not below engine/: ${stray.join(', ')}\n`);
  process.exitCode = 1;
} else {
  const isFolder = (path: string): boolean => statSync(join(root, path)).isDirectory();
  const mutated = paths.map((path) => (isFolder(path) ? `${path}/**/*.ts` : path));
  const folders = new Set(paths.map((path) => path.split('/')[1] ?? ''));
  const stryker = join(root, 'node_modules/.bin/stryker');
  const child = spawn(
    stryker,
    ['run', 'scripts/mutants/stryker.config.mjs', '--mutate', mutated.join(',')],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, MUTANTS_FOLDERS: [...folders].join(',') },
    },
  );
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
