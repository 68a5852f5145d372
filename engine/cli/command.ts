/** What a command of `play` is: the command line knows a table of these. */
import type { Sink } from '../report/sink.ts';
import type { Flag } from './flags.ts';
import type { LoadModule } from './playbook/load.ts';

/** What a command has to work with. */
export interface CommandContext {
  /** Where its answer goes: `out.write(text)`. */
  readonly out: Sink;
  /** Imports a TypeScript or JavaScript file by its absolute path, as playbooks are. */
  readonly load: LoadModule;
}

/** One word that may stand behind `play`. */
export interface Command {
  /** The word: lower-case letters, digits and dashes. */
  readonly name: string;
  /** What may follow the name: `[module]`. */
  readonly usage?: string;
  /** What it does, for `play --help`. */
  readonly help: string;
  readonly flags?: readonly Flag[];
  /**
   * @param argv what follows the name
   * @returns the exit code
   */
  readonly run: (argv: readonly string[], context: CommandContext) => Promise<number>;
}

/** What a file exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** Modules outside of the engine, by the word under which `play doc` shows them. */
export type ModuleRooms = Readonly<
  Record<
    string,
    {
      /** What a playbook imports them from. */
      readonly from: string;
      readonly load: () => Promise<Exports>;
    }
  >
>;
