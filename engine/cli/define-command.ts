/** Makes commands whose flags are a table. */
import type { Command, CommandContext } from './command.ts';
import { helpFlag, type Flag } from './flags.ts';
import { commandHelp } from './help.ts';
import { parseFlags, type Parsed } from './parse.ts';

/** A command whose flags are a table. */
export interface CommandDefinition<Fs extends readonly Flag[]> {
  readonly name: string;
  readonly usage?: string;
  readonly help: string;
  /** Further lines of its own `--help`. */
  readonly about?: string;
  readonly flags: Fs;
  readonly run: (parsed: Parsed<Fs>, context: CommandContext) => Promise<number>;
}

/**
 * Makes a command from a table of flags, which gives its types, its `--help` and its errors.
 * @param definition name, help, flags, and `run`, which resolves to the exit code
 * @returns a command for `commands` of `play.config.ts`
 * @example
 * export const whoCanLogIn = defineCommand({
 *   name: 'logins',
 *   usage: '<user>',
 *   help: 'say on which hosts a user may log in',
 *   flags: [{ name: 'long', type: 'boolean', help: 'with their keys' }],
 *   run: async ({ flags, positionals }, { out }) => {
 *     out.write(`${positionals[0]}${flags.long ? ', long' : ''}\n`);
 *     return 0;
 *   },
 * });
 */
export function defineCommand<const Fs extends readonly Flag[]>(
  definition: CommandDefinition<Fs>,
): Command {
  const { name, usage, help } = definition;
  const flags: readonly Flag[] = [...definition.flags, helpFlag];
  return {
    name,
    ...(usage !== undefined && { usage }),
    help,
    flags,
    run: async (argv, context) => {
      const parsed = parseFlags(flags, argv, `play ${name}`);
      const given: Readonly<Record<string, unknown>> = parsed.flags;
      if (given[helpFlag.name] !== true) return definition.run(parsed as Parsed<Fs>, context);
      context.out.write(commandHelp({ ...definition, flags }));
      return 0;
    },
  };
}
