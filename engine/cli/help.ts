/** Help texts, made from the table of flags. */
import type { Command } from './command.ts';
import { playFlags, type Flag } from './flags.ts';

/** Where the second column begins. */
const column = 32;
const width = 80;

/** Where the words begin that say what a command does. */
const commandColumn = 26;

/**
 * `play --help`; with the package's own commands it is kept in `bin/help.txt` too, which answers
 * without loading anything.
 */
export function mainHelp(commands: readonly Command[]): string {
  return `play - make Linux hosts look as a playbook written in TypeScript says

Usage:
  play <playbook> -i <inventory> [flags]
                          run a playbook; looked up as given, then in
                          playbooks/, here and in the package
${commands.map(commandLine).join('\n')}

Flags:
${flagLines(playFlags)}

Exit codes: 0 done; 1 mistake in usage, inventory or playbook; 2 a host failed;
3 pending with --check --exit-code; 4 hosts unreachable only;
5 hosts locked: another run works on them; 130 Ctrl-C, or a closed terminal.
`;
}

/** `play <command> --help` */
export function commandHelp(command: {
  readonly name: string;
  readonly usage?: string;
  readonly about?: string;
  readonly flags: readonly Flag[];
}): string {
  const { name, usage, about, flags } = command;
  const title = `Usage: play ${name}${usage === undefined ? '' : ` ${usage}`}`;
  const parts = [title, ...(about === undefined ? [] : [about]), `Flags:\n${flagLines(flags)}`];
  return `${parts.join('\n\n')}\n`;
}

function commandLine({ name, usage, help }: Command): string {
  const left = `  play ${name}${usage === undefined ? '' : ` ${usage}`}`;
  const indent = ' '.repeat(commandColumn);
  const text = fill(help, width - commandColumn).join(`\n${indent}`);
  return left.length < commandColumn - 1
    ? left.padEnd(commandColumn) + text
    : `${left}\n${indent}${text}`;
}

/** How a flag is written: `-i, --inventory <path>`. */
export function usageOf({ name, short, value }: Flag): string {
  const long = `--${name}${value === undefined ? '' : ` <${value}>`}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function flagLines(flags: readonly Flag[]): string {
  return flags.map(flagLine).join('\n');
}

function flagLine(flag: Flag): string {
  const usage = `  ${usageOf(flag)}`;
  const indent = ' '.repeat(column);
  const lines = fill(flag.help, width - column);
  const text = lines.join(`\n${indent}`);
  return usage.length < column - 1 ? usage.padEnd(column) + text : `${usage}\n${indent}${text}`;
}

function fill(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
