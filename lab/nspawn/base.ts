/** Builds the base tree that hosts stand on, once per recipe. */
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Say } from '../driver.ts';
import { withLock } from '../lock.ts';
import { attempt, demand } from '../program.ts';
import { readSettings, readSources, suiteOf } from './apt.ts';
import { removeTree } from './mounts.ts';
import { baseRecipe, recipeKey, type Recipe } from './recipe.ts';

/**
 * Ties a program to this process: a kill takes it along with its children and its mounts, so that
 * nothing still writes into what the next run clears away.
 */
const tied =
  'setpriv --pdeathsig KILL unshare --pid --mount --mount-proc --fork --kill-child=KILL --'.split(
    ' ',
  );

/**
 * Finds or builds the base tree for these packages; a build that was killed is repeated.
 * @param state the state folder
 * @returns the tree's folder, which nothing may change from then on
 */
export async function prepareBase(
  state: string,
  packages: readonly string[],
  say: Say,
): Promise<string> {
  const suite = suiteOf(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const recipe = baseRecipe(suite, packages, await readSources(suite), await readSettings());
  const bases = join(state, 'bases');
  const tree = join(bases, recipeKey(recipe));
  const waiting = (pid: number) => say(`process ${pid} builds the base tree: waiting for it`);
  return withLock(
    join(state, 'bases.lock'),
    async () => {
      await mkdir(bases, { recursive: true, mode: 0o700 });
      if (await exists(tree)) return tree;
      await removeLeftovers(bases);
      say('building the tree that hosts stand on (once, about a minute)');
      const fresh = await mkdtemp(join(bases, '.building-'));
      await bootstrap(recipe, fresh);
      await furnish(recipe, join(fresh, 'tree'));
      await rename(join(fresh, 'tree'), tree);
      await rm(fresh, { recursive: true });
      return tree;
    },
    { waiting },
  );
}

async function bootstrap(recipe: Recipe, folder: string): Promise<void> {
  const sources: string[] = [];
  for (const [name, content] of recipe.sources) {
    const file = join(folder, name);
    await writeFile(file, content);
    sources.push(file);
  }
  const settings = join(folder, 'apt.conf');
  await writeFile(settings, await acquireSettings());
  await demand([
    ...tied,
    'mmdebstrap',
    '--variant=minbase',
    `--aptopt=${settings}`,
    `--skip=${recipe.keeps.join(',')}`,
    `--include=${recipe.packages.join(',')}`,
    recipe.suite,
    join(folder, 'tree'),
    ...sources,
  ]);
}

/** Settings of the controller's apt that decide whether a download succeeds. */
async function acquireSettings(): Promise<string> {
  const { stdout } = await attempt(['apt-config', 'dump', 'Acquire']);
  const wanted = /^Acquire::(Check-|Retries|https?::|ForceIPv)/;
  return stdout
    .split('\n')
    .filter((line) => wanted.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

/** Writes what the recipe adds, and takes away what must differ from host to host. */
async function furnish(recipe: Recipe, tree: string): Promise<void> {
  const apt = join(tree, 'etc/apt');
  if (recipe.sources.size > 0) {
    await rm(join(apt, 'sources.list'), { force: true });
    await removeTree(join(apt, 'sources.list.d'));
    await writeAll(join(apt, 'sources.list.d'), recipe.sources);
  }
  await rm(join(apt, 'apt.conf.d/99mmdebstrap'), { force: true });
  await writeAll(join(apt, 'apt.conf.d'), recipe.settings);
  await writeAll(tree, recipe.files);
  for (const [path, target] of recipe.links) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await rm(join(tree, path), { force: true });
    await symlink(target, join(tree, path));
  }
  for (const name of await readdir(join(tree, 'etc/ssh'))) {
    if (name.startsWith('ssh_host_')) await rm(join(tree, 'etc/ssh', name));
  }
  for (const volume of ['containerd', 'docker', 'kubelet']) {
    await mkdir(join(tree, 'var/lib', volume), { recursive: true, mode: 0o711 });
  }
}

async function writeAll(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o644 });
  }
}

async function removeLeftovers(bases: string): Promise<void> {
  for (const name of await readdir(bases)) {
    if (name.startsWith('.building-')) await removeTree(join(bases, name));
  }
}

async function exists(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}
