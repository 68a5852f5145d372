// Compiles the engine or a playbook into a few JavaScript files, with the esbuild that the
// TypeScript loader brings. Only loaded when sources changed.
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Compiled files that were not made for this many milliseconds may go. */
const keptFor = 24 * 60 * 60 * 1000;

const common = {
  bundle: true,
  platform: 'node',
  target: `node${process.versions.node}`,
  legalComments: 'none',
  logLevel: 'silent',
  write: false,
};

/** What the names that a playbook may import stand for, and the command line. */
const entries = { main: 'play', index: 'engine/index', testing: 'engine/testing' };

/**
 * One script, of which V8's code can be kept too.
 * @returns whether `folder` now holds the compiled engine
 */
export async function bundleEngine({ root, folder, ending }) {
  try {
    const lines = Object.entries(entries).map(
      ([name, path]) => `export * as ${name} from ${JSON.stringify(`./${path}.${ending}`)};`,
    );
    const { outputFiles } = await esbuild().build({
      ...common,
      stdin: { contents: lines.join('\n'), resolveDir: root },
      format: 'cjs',
      outfile: join(folder, 'engine.cjs'),
      charset: 'ascii',
      banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
      footer: { js: '})' },
      plugins: [enginePlugin(root)],
    });
    const draft = `${folder}.${randomBytes(4).toString('hex')}`;
    mkdirSync(draft, { mode: 0o700 });
    for (const { path, contents } of outputFiles)
      writeFileSync(join(draft, basename(path)), contents);
    place(draft, folder);
    sweep(dirname(folder), folder);
    return existsSync(folder);
  } catch {
    return false;
  }
}

/** Whoever is first wins: both made the same. */
function place(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

function sweep(cache, but) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const old = Date.now() - statSync(path).mtimeMs > keptFor;
    if (old && path !== but) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Each file keeps the URL of its source, so that it finds what lies beside it. Packages that are
 * rarely needed, or are partly native, stay where they are.
 */
function enginePlugin(root) {
  return {
    name: 'engine',
    setup(build) {
      build.onResolve({ filter: /^(node-ssh|typescript|esbuild|tsx)(\/|$)/ }, ({ path }) => ({
        path: createRequire(join(root, 'package.json')).resolve(path),
        external: true,
      }));
      // Its main file asks for its parts in a way that no bundler sees.
      build.onResolve({ filter: /^jsonc-parser$/ }, () => ({
        path: createRequire(join(root, 'package.json')).resolve('jsonc-parser/lib/esm/main.js'),
      }));
      build.onLoad({ filter: /\.[tj]s$/ }, ({ path }) => {
        if (!path.startsWith(root) || path.includes('/node_modules/', root.length - 1))
          return undefined;
        const text = readFileSync(path, 'utf8');
        const url = JSON.stringify(pathToFileURL(path).href);
        return {
          contents: text
            .replaceAll('import.meta.url', url)
            .replaceAll('import.meta.dirname', '__dirname'),
          loader: path.endsWith('ts') ? 'ts' : 'js',
        };
      });
    },
  };
}

/** What a file may ask of where it is: the answers are those of its source. */
const placeOf = {
  url: (path) => pathToFileURL(path).href,
  dirname: (path) => dirname(path),
  filename: (path) => path,
};
const places = Object.keys(placeOf);

/** Imports of what is only known when it runs, and other questions to `import.meta`. */
const onlyAtRunTime =
  /\bimport\s*\(\s*(?!(['"])[^'"\n]*\1\s*\))|\bimport\s*\.\s*meta\b(?!\s*\.\s*(url|dirname|filename)\b)|\brequire\b/;

/** Thrown for what only the loader can do. */
class NotCompilable extends Error {}

/** @returns the compiled file; undefined where only the loader can load the playbook */
export async function bundlePlaybook({ engine, path, record, stateOf }) {
  try {
    const name = basename(record, '.json');
    // Taken before a file is read: one that changes meanwhile is not the one that was compiled.
    const states = new Map();
    const { outputFiles } = await esbuild().build({
      ...common,
      entryPoints: { [name]: path },
      format: 'esm',
      outdir: engine.cache,
      // An ES module whatever package it lies in.
      outExtension: { '.js': '.mjs' },
      absWorkingDir: '/',
      sourcemap: 'linked',
      sourcesContent: false,
      define: Object.fromEntries(places.map((name) => [`import.meta.${name}`, `__tsplay_${name}`])),
      plugins: [playbookPlugin(engine, (input) => states.set(input, stateOf([input])))],
    });
    const inputs = Object.fromEntries(states);
    const file = `${name}-${digest(JSON.stringify(inputs))}.mjs`;
    for (const output of outputFiles) {
      const isMap = output.path.endsWith('.map');
      const text = output.text.replace(
        `sourceMappingURL=${name}.mjs.map`,
        `sourceMappingURL=${file}.map`,
      );
      write(join(engine.cache, isMap ? `${file}.map` : file), text);
    }
    write(record, JSON.stringify({ inputs, file }));
    sweep(engine.cache, engine.folder);
    return join(engine.cache, file);
  } catch {
    return undefined;
  }
}

function write(path, text) {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/**
 * `tsplay` is the running engine; other packages stay where they are.
 * @param reading called before a file is read
 */
function playbookPlugin(engine, reading) {
  return {
    name: 'playbook',
    setup(build) {
      build.onResolve({ filter: /^tsplay-place:/ }, ({ path }) => ({
        path: path.slice('tsplay-place:'.length),
        namespace: 'place',
      }));
      build.onResolve({ filter: /^tsplay(\/testing)?$/ }, ({ path }) => ({
        path: path === 'tsplay' ? engine.index : engine.testing,
        external: true,
      }));
      build.onResolve({ filter: /^tsplay\// }, ({ path }) => ({
        path: createRequire(join(engine.root, 'package.json')).resolve(path),
      }));
      build.onResolve({ filter: /^node:/ }, () => ({ external: true }));
      build.onResolve(
        { filter: /^[^./]/ },
        async ({ path, importer, resolveDir, kind, pluginData }) => {
          if (pluginData === 'seen' || kind === 'entry-point') return undefined;
          const found = await build.resolve(path, {
            importer,
            resolveDir,
            kind,
            pluginData: 'seen',
          });
          if (found.errors.length > 0) return { errors: found.errors };
          return {
            path: found.path.startsWith('/') ? pathToFileURL(found.path).href : found.path,
            external: true,
          };
        },
      );
      build.onLoad({ filter: /./, namespace: 'file' }, ({ path }) => {
        reading(path);
        if (path.startsWith(join(engine.root, 'engine/'))) throw new NotCompilable(path);
        const text = readFileSync(path, 'utf8');
        if (onlyAtRunTime.test(text)) throw new NotCompilable(path);
        if (!text.includes('import.meta')) return undefined;
        // Behind the text, so that every place in it stays the same.
        const names = places.map((name) => `__tsplay_${name}`).join(', ');
        return {
          contents: `${text}\nimport { ${names} } from ${JSON.stringify(`tsplay-place:${path}`)};`,
          loader: extname(path).replace(/^\.[cm]?/, ''),
        };
      });
      build.onLoad({ filter: /./, namespace: 'place' }, ({ path }) => ({
        contents: places
          .map((name) => `export const __tsplay_${name} = ${JSON.stringify(placeOf[name](path))};`)
          .join('\n'),
      }));
    },
  };
}

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

function esbuild() {
  const tsx = createRequire(import.meta.url).resolve('tsx/package.json');
  return createRequire(tsx)('esbuild');
}
