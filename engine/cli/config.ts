/** `play.config.ts` of the working directory: what a project adds to the command line. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PlaybookError, type Place } from '../errors.ts';
import type { Command } from './command.ts';
import { explainLoading, type LoadModule } from './playbook/load.ts';

/**
 * The default export of `play.config.ts`, `.js` or `.mjs` in the folder where `play` is called.
 * @example
 * const hello = defineCommand({
 *   name: 'hello',
 *   help: 'say hello',
 *   flags: [],
 *   run: async (_, { out }) => {
 *     out.write('hello\n');
 *     return 0;
 *   },
 * });
 * export default { commands: [hello] } satisfies PlayConfig;
 */
export interface PlayConfig {
  /** Further commands: `play logins`. They are listed by `play --help`. */
  readonly commands?: readonly Command[];
}

const names = ['play.config.ts', 'play.config.js', 'play.config.mjs'];

/**
 * @param shipped commands of the package, whose names are taken
 * @throws PlaybookError that names the file
 */
export async function loadConfig(
  directory: string,
  load: LoadModule,
  shipped: readonly Command[],
): Promise<{ readonly commands: readonly Command[] }> {
  const file = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (file === undefined) return { commands: [] };
  const at = { file, line: 1, column: 1 };
  const config = await defaultOf(file, load, at);
  const stray = Object.keys(config).find((key) => key !== 'commands');
  if (stray !== undefined) {
    throw new PlaybookError(`play.config has no option ${stray}`, {
      at,
      hint: 'it takes commands',
    });
  }
  const { commands = [] } = config;
  if (!Array.isArray(commands)) throw new PlaybookError('commands is not a list', { at });
  const taken = new Set(shipped.map(({ name }) => name));
  for (const command of commands as readonly unknown[]) requireCommand(command, taken, at);
  return { commands: commands as readonly Command[] };
}

async function defaultOf(
  file: string,
  load: LoadModule,
  at: Place,
): Promise<Readonly<Record<string, unknown>>> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = await load(file);
  } catch (error) {
    throw explainLoading(error, at);
  }
  const config = loaded['default'];
  if (typeof config === 'object' && config !== null) return config as Record<string, unknown>;
  throw new PlaybookError('the file has no default export', {
    at,
    hint: 'end it with: export default { commands: [...] }',
  });
}

/** @param taken names so far; the command's own is added */
function requireCommand(command: unknown, taken: Set<string>, at: Place): void {
  const hint = 'make it with defineCommand({ name, help, flags, run })';
  if (typeof command !== 'object' || command === null) {
    throw new PlaybookError('an entry of commands is not a command', { at, hint });
  }
  const { name, help, run } = command as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new PlaybookError(`the name of a command is ${JSON.stringify(name)}`, {
      at,
      hint: 'lower-case letters, digits and dashes, as in new-module',
    });
  }
  if (typeof help !== 'string' || typeof run !== 'function') {
    throw new PlaybookError(`the command ${name} has no help or no run`, { at, hint });
  }
  if (taken.has(name)) {
    throw new PlaybookError(`the command ${name} already exists`, { at, hint: 'rename it' });
  }
  taken.add(name);
}
