/** Help texts, made from the table of flags. */
import {
  bundleFlags,
  docFlags,
  inventoryFlags,
  newModuleFlags,
  playFlags,
  type Flag,
} from './flags.ts';

/** Where the second column begins. */
const column = 32;
const width = 80;

/** `play --help`; kept in `bin/help.txt` too, which answers without loading anything. */
export function mainHelp(): string {
  return `play - make Linux hosts look as a playbook written in TypeScript says

Usage:
  play <playbook> -i <inventory> [flags]
                          run a playbook; looked up as given, then in
                          playbooks/, here and in the package
  play doc [module]       list the modules, or show how one is used
  play new-module <name>  begin a module of your own, with its test
  play inventory -i <inventory> (--graph | --list | --host <name>)
                          show groups, hosts and variables
  play bundle --kubernetes <version> -o <folder>
                          fetch what a version needs, for use without internet
  play lab (up | down | status | ssh)
                          throwaway hosts on this machine

Flags:
${flagLines(playFlags)}

Exit codes: 0 done; 1 mistake in usage, inventory or playbook; 2 a host failed;
3 pending with --check --exit-code; 4 hosts unreachable only;
5 another run works on the same hosts; 130 Ctrl-C.
`;
}

export function inventoryHelp(): string {
  return `Usage: play inventory -i <inventory> (--graph | --list | --host <name>)\n\nFlags:\n${flagLines(inventoryFlags)}\n`;
}

export function docHelp(): string {
  return `Usage: play doc [module | group | file]

A file is one of your own modules: play doc ./modules/motd.ts. Those in modules/ are found by name.

Flags:
${flagLines(docFlags)}
`;
}

export function newModuleHelp(): string {
  return `Usage: play new-module <name>

Writes a module and a test that passes; put your own state in their place.

Flags:
${flagLines(newModuleFlags)}
`;
}

export function bundleHelp(): string {
  return `Usage: play bundle --kubernetes <version> -o <folder>\n\nFlags:\n${flagLines(bundleFlags)}\n`;
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
