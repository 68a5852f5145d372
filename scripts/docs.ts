/**
 * Writes what is made from definitions: bin/help.txt, docs/flags.md, docs/variables.md,
 * docs/reliability.md, docs/modules/*.md.
 * `--check` writes nothing and fails when something is not up to date.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedPages } from './pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const checking = process.argv.includes('--check');
const pages = await generatedPages();

const stale = [...pages].filter(([path, text]) => read(path) !== text).map(([path]) => path);
const left = modulePages().filter((path) => !pages.has(path));

if (checking) {
  for (const path of stale) process.stderr.write(`${path} is not up to date\n`);
  for (const path of left) process.stderr.write(`${path} is of a module that is no more\n`);
  if (stale.length + left.length > 0) {
    process.stderr.write('run: npm run docs\n');
    process.exitCode = 1;
  }
} else {
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), pages.get(path) ?? '');
    process.stdout.write(`wrote ${path}\n`);
  }
  for (const path of left) rmSync(join(root, path));
}

function read(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function modulePages(): string[] {
  const folder = join(root, 'docs/modules');
  return existsSync(folder) ? readdirSync(folder).map((file) => `docs/modules/${file}`) : [];
}
