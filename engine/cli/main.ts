/** `play`: picks the command, shows errors, answers with the exit code. */
import { PlayError } from '../errors.ts';
import type { Sink } from '../report/sink.ts';
import type { Command, CommandContext, ModuleRooms } from './command.ts';
import { coreCommands } from './commands.ts';
import { guardProcess, shownError } from './guard.ts';
import { mainHelp } from './help.ts';
import { packageVersion } from './package.ts';
import type { LoadModule } from './playbook/load.ts';
import { standardError, standardOutput } from './terminal.ts';

/** What stands beside the engine and has a part in the command line. */
export interface Extension {
  readonly commands: readonly Command[];
  readonly modules: ModuleRooms;
}

/** Where a command line comes from and where its answers go. */
export interface Surroundings {
  /** Imports a playbook by its absolute path, whatever it is written in. */
  readonly load: LoadModule;
  /** Default: the process's own streams, which are guarded then. */
  readonly out?: Sink;
  readonly errors?: Sink;
}

/** All commands that the package has. */
export const commandsOf = ({ commands, modules }: Extension): readonly Command[] => [
  ...coreCommands(modules),
  ...commands,
];

/**
 * Runs a command line.
 * @param argv what stands behind `play`
 * @returns the exit code (rule 30, exit codes)
 */
export async function main(
  argv: readonly string[],
  extension: Extension,
  { load, out, errors = standardError() }: Surroundings,
): Promise<number> {
  if (!out) guardProcess();
  try {
    return await dispatch(argv, commandsOf(extension), { load, out: out ?? standardOutput() });
  } catch (error) {
    errors.write(`${shownError(error)}\n`);
    return error instanceof PlayError ? error.exitCode : 1;
  }
}

async function dispatch(
  argv: readonly string[],
  shipped: readonly Command[],
  context: CommandContext,
): Promise<number> {
  const [first = '', ...rest] = argv;
  const own = (): Promise<readonly Command[]> => ownCommands(shipped, context.load);
  if (['', '--help', '-h'].includes(first)) {
    context.out.write(mainHelp([...shipped, ...(await own())]));
    return first === '' ? 1 : 0;
  }
  if (first === '--version') {
    context.out.write(`${packageVersion()}\n`);
    return 0;
  }
  const known = shipped.find(({ name }) => name === first);
  if (known) return known.run(rest, context);
  // What has a dot, a slash or a dash in front is a playbook or a flag.
  const further = /^[a-z][a-z0-9-]*$/.test(first) ? await own() : [];
  const command = further.find(({ name }) => name === first);
  if (command) return command.run(rest, context);
  const { playCommand } = await import('./play-command.ts');
  return playCommand(argv, context, [...shipped, ...further]);
}

async function ownCommands(
  shipped: readonly Command[],
  load: LoadModule,
): Promise<readonly Command[]> {
  const { loadConfig } = await import('./config.ts');
  return (await loadConfig(process.cwd(), load, shipped)).commands;
}
