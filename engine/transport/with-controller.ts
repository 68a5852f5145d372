/** Programs that end with the controller, also where it is killed and cannot end them itself. */
import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/**
 * What to start so that the kernel ends the program with its parent: util-linux's `setpriv` says so
 * to Linux and becomes the program. Elsewhere, and where the program is missing, it is the program.
 * @param program found by PATH
 */
export function withController(
  program: string,
  words: readonly string[],
): { readonly command: string; readonly argv: readonly string[] } {
  const helper = onPath('setpriv');
  // busybox has a setpriv that does not know the signal.
  const isFull = helper !== undefined && basename(realpathSync(helper)) === 'setpriv';
  if (!isFull || onPath(program) === undefined) return { command: program, argv: words };
  return { command: helper, argv: ['--pdeathsig', 'KILL', '--', program, ...words] };
}

/** Where a program is found, as a shell would. */
export function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
