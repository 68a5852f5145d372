// The engine and playbooks as JavaScript, compiled once for each state of their sources and kept
// in a cache folder: loading some 500 small files through a TypeScript loader takes ten times as
// long as loading these. Whatever cannot be compiled so is loaded by the loader instead.
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import { cacheFolder } from './cache-folder.js';

/**
 * @param root the package's folder, with a slash at its end
 * @param ending of the engine's files: `ts` in the repository, `js` where it was built
 * @returns the running engine, with URLs for what imports it; undefined: use the sources
 */
export async function compiledEngine(root, ending) {
  const cache = cacheFolder(root);
  if (cache === undefined) return undefined;
  const sources = ['engine', 'kubernetes', 'bundle', 'lab']
    .flatMap((folder) => filesBelow(join(root, folder), ending))
    .concat(join(root, `play.${ending}`));
  const key = stateOf([...sources, ...packagesOf(root), process.version]);
  const folder = join(cache, `engine-${key}`);
  if (!existsSync(folder)) {
    const { bundleEngine } = await import('./bundle.js');
    if (!(await bundleEngine({ root, folder, ending }))) return undefined;
  }
  const { script, exports } = runEngine(root, folder);
  const url = (name) => pathToFileURL(join(folder, `${name}.mjs`)).href;
  return {
    root,
    cache,
    folder,
    key,
    main: exports.main.main,
    index: url('index'),
    testing: url('testing'),
    keepCode: () => keepCode(script, folder),
  };
}

/** Runs the engine's one script, with the code that V8 made of it in an earlier run. */
function runEngine(root, folder) {
  const filename = join(folder, 'engine.cjs');
  const code = join(folder, 'engine.code');
  // It is plain ASCII, which needs no decoding.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(existsSync(code) && { cachedData: readFileSync(code) }),
  });
  const module = { exports: {} };
  const require = createRequire(join(root, 'package.json'));
  script.runInThisContext()(module.exports, require, module, filename, folder);
  globalThis[Symbol.for('tsplay.engine')] = module.exports;
  for (const name of ['index', 'testing'])
    standIn(join(folder, `${name}.mjs`), name, module.exports);
  return { script, exports: module.exports };
}

/** What a playbook imports: a module that has the running engine's exports. */
function standIn(path, name, exports) {
  if (existsSync(path)) return;
  const names = Object.keys(exports[name]).join(', ');
  writeWhole(
    path,
    `export const { ${names} } = globalThis[Symbol.for('tsplay.engine')].${name};\n`,
  );
}

function writeWhole(path, content) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

/** Once: what this run compiled, the next ones need not. */
function keepCode(script, folder) {
  const code = join(folder, 'engine.code');
  if (!existsSync(code)) writeWhole(code, script.createCachedData());
}

/** @returns `playbook(path)`, which imports a playbook, and `register()`, which readies the loader */
export function loaderFor(engine) {
  let registered;
  const register = () => (registered ??= registerLoader(engine));
  return {
    register,
    async playbook(path) {
      const compiled = engine && (await compiledPlaybook(engine, path));
      if (!compiled) await register();
      return import(compiled ?? pathToFileURL(path).href);
    },
  };
}

async function registerLoader(engine) {
  const [{ register }, module] = await Promise.all([import('tsx/esm/api'), import('node:module')]);
  register();
  const data = engine && { tsplay: engine.index, 'tsplay/testing': engine.testing };
  module.register('./hooks.js', import.meta.url, { data });
}

/** @returns the URL of the compiled playbook; undefined: use the loader */
async function compiledPlaybook(engine, given) {
  const path = realpathSync(given);
  const name = createHash('sha256').update(`${engine.key} ${path}`).digest('hex').slice(0, 16);
  const record = join(engine.cache, `playbook-${name}.json`);
  const known = readRecord(record);
  const isFresh =
    known && Object.entries(known.inputs).every(([input, state]) => stateOf([input]) === state);
  if (isFresh) return use(join(engine.cache, known.file));
  const { bundlePlaybook } = await import('./bundle.js');
  const file = await bundlePlaybook({ engine, path, record, stateOf });
  return file && use(file);
}

/** Places in stacks are those of the sources. */
function use(file) {
  process.setSourceMapsEnabled(true);
  return pathToFileURL(file).href;
}

function readRecord(record) {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Alike only while no file was touched: size and both times, which a change cannot all keep. */
function stateOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const stat = file.startsWith('/')
      ? lstatSync(file, { bigint: true, throwIfNoEntry: false })
      : undefined;
    hash.update(`${file} ${stat?.size} ${stat?.mtimeNs} ${stat?.ctimeNs} ${stat?.ino}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(folder, ending) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path, ending));
    else if (entry.name.endsWith(`.${ending}`)) found.push(path);
  }
  return found;
}

/** The manifests of the package and of what it depends on: they change with each installation. */
function packagesOf(root) {
  const manifest = join(root, 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  const places = [join(root, 'node_modules'), dirname(root)];
  return [manifest].concat(
    Object.keys(dependencies).flatMap((name) =>
      places.map((place) => join(place, name, 'package.json')).filter((path) => existsSync(path)),
    ),
    ['bundle.js', 'compiled.js'].map((name) => fileURLToPath(new URL(name, import.meta.url))),
  );
}
