// Where compiled files are kept: beside the package, else with the user. Code is run from there,
// so it must be a folder that nobody else can write to.
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * @param root the package's folder
 * @returns a folder that exists and is ours; undefined where there is none, or `TSPLAY_CACHE=off`
 */
export function cacheFolder(root, environment = process.env) {
  const wish = environment.TSPLAY_CACHE;
  if (wish === 'off') return undefined;
  const beside =
    basename(dirname(root)) === 'node_modules' ? dirname(root) : join(root, 'node_modules');
  const home = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  const candidates = wish ? [wish] : [join(beside, '.cache', 'tsplay'), join(home, 'tsplay')];
  return candidates.find((folder) => isAbsolute(folder) && isOurs(folder));
}

function isOurs(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    const { uid, mode } = lstatSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
