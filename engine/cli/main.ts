/** `play`: picks the command, shows errors, answers with the exit code. */
import { PlayError } from '../errors.ts';
import type { Sink } from '../report/sink.ts';
import { guardProcess, shownError } from './guard.ts';
import { mainHelp } from './help.ts';
import type { LoadModule } from './playbook/load.ts';
import { packageVersion } from './package.ts';
import { standardError, standardOutput } from './terminal.ts';

type Command = (argv: readonly string[], out: Sink, load: LoadModule) => Promise<number>;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  bundle: async () => (await import('./bundle-command.ts')).bundleCommand,
  doc: async () => (await import('./doc/command.ts')).docCommand,
  inventory: async () => (await import('./inventory-command.ts')).inventoryCommand,
  'new-module': async () => (await import('./new-module/command.ts')).newModuleCommand,
  lab: async () => {
    const { labCommand } = await import('../../lab/command.ts');
    return (argv, out) => labCommand(argv, (line) => out.write(`${line}\n`));
  },
};

/**
 * Runs a command line.
 * @param argv what stands behind `play`
 * @param load imports a playbook by its absolute path, whatever it is written in
 * @param out where answers go; undefined: the process's own streams, which are guarded then
 * @returns the exit code (SEMANTICS 30)
 */
export async function main(
  argv: readonly string[],
  load: LoadModule,
  out?: Sink,
  errors: Sink = standardError(),
): Promise<number> {
  if (!out) guardProcess();
  try {
    return await dispatch(argv, load, out ?? standardOutput());
  } catch (error) {
    errors.write(`${shownError(error)}\n`);
    return error instanceof PlayError ? error.exitCode : 1;
  }
}

async function dispatch(argv: readonly string[], load: LoadModule, out: Sink): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') {
    out.write(mainHelp());
    return first === undefined ? 1 : 0;
  }
  if (first === '--version') {
    out.write(`${packageVersion()}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (command) return (await command())(rest, out, load);
  const { playCommand } = await import('./play-command.ts');
  return playCommand(argv, load, out);
}
