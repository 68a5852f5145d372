/**
 * Builds the package that is published: JavaScript and types in `dist/`, with a package.json of
 * its own. `npm pack ./dist` makes the archive.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Compiled; what is not TypeScript in them is copied. */
const compiled = ['engine', 'kubernetes', 'bundle', 'roles', 'playbooks', 'lab'];
const entry = 'play.ts';
const copied = ['bin', 'templates', 'inventories', 'docs', 'README.md', 'LICENSE', 'CHANGELOG.md'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/**
 * @param target folder that is made anew
 * @throws when the compiler finds mistakes
 */
export function build(target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  compile(target);
  nameDeclarations(target);
  for (const folder of compiled) copyAssets(folder, target);
  for (const path of copied) {
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(target, path), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(
    join(target, 'package.json'),
    `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
  );
}

function compile(target: string): void {
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const config = join(root, `tsconfig.build.${process.pid}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: {
        noEmit: false,
        allowImportingTsExtensions: false,
        declaration: true,
        rootDir: '.',
        outDir: target,
      },
      include: [...compiled, entry],
    }),
  );
  try {
    const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', config], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the package does not compile:\n${stdout}`);
  } finally {
    rmSync(config);
  }
}

/** The compiler leaves `./x.ts` in declarations; there the file is `./x.js` with its `./x.d.ts`. */
function nameDeclarations(target: string): void {
  for (const path of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.d.ts')) continue;
    const file = join(target, path);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}

/** Everything beside the sources that they read when they run. */
function copyAssets(folder: string, target: string): void {
  const from = join(root, folder);
  if (!existsSync(from)) return;
  for (const file of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || file.name.endsWith('.ts') || file.name === 'README.md') continue;
    const path = join(file.parentPath, file.name).slice(root.length);
    cpSync(join(root, path), join(target, path));
  }
}

/** The manifest without what only the repository needs; exports with their types. */
function publishedManifest(manifest: Manifest): Record<string, unknown> {
  const { scripts: _, devDependencies: __, exports, ...rest } = manifest;
  const published = Object.entries(exports).map(([name, path]) => {
    const stem = path.replace(/\.ts$/, '');
    return [name, stem === path ? path : { types: `${stem}.d.ts`, default: `${stem}.js` }];
  });
  return { ...rest, exports: Object.fromEntries(published) as unknown };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build(join(root, 'dist'));
  process.stdout.write('built dist/; npm pack ./dist makes the archive\n');
}
