/** Command lines, parsed by the table of flags. A typo is an error, never ignored. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { didYouMean } from '../did-you-mean.ts';
import { UsageError } from '../errors.ts';
import type { Flag } from './flags.ts';

/** What a table of flags gives. */
export type FlagValues<Fs extends readonly Flag[]> = {
  readonly [F in Fs[number] as F['name']]: F extends { type: 'count' }
    ? number
    : F extends { type: 'boolean' }
      ? boolean
      : F extends { multiple: true }
        ? readonly string[]
        : string | undefined;
};

export interface Parsed<Fs extends readonly Flag[]> {
  readonly flags: FlagValues<Fs>;
  readonly positionals: readonly string[];
}

/**
 * @param command how the command is called, for the hint
 * @throws UsageError for unknown flags, missing values and values that are not a choice
 */
export function parseFlags<const Fs extends readonly Flag[]>(
  table: Fs,
  argv: readonly string[],
  command: string,
): Parsed<Fs> {
  const { values, positionals } = parse(table, argv, command);
  const flags = table.map((flag) => [flag.name, valueOf(flag, values[flag.name])]);
  return { flags: Object.fromEntries(flags) as FlagValues<Fs>, positionals };
}

function parse(table: readonly Flag[], argv: readonly string[], command: string) {
  const options: ParseArgsConfig['options'] = {};
  for (const { name, short, type, multiple } of table) {
    options[name] = {
      type: type === 'string' ? 'string' : 'boolean',
      ...(short !== undefined && { short }),
      multiple: multiple === true || type === 'count',
    };
  }
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw explain(error, table, command);
  }
}

function explain(error: unknown, table: readonly Flag[], command: string): unknown {
  if (!(error instanceof TypeError && 'code' in error)) return error;
  const unknown = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (unknown === undefined) return new UsageError(error.message.split('\n')[0] ?? 'wrong flags');
  const near = didYouMean(
    unknown.replace(/^-+/, ''),
    table.map(({ name }) => name),
  );
  return new UsageError(`unknown flag ${unknown}`, {
    hint: near === undefined ? `${command} --help lists all flags` : `did you mean --${near}?`,
  });
}

function valueOf(flag: Flag, value: unknown): unknown {
  if (flag.type === 'count') return Array.isArray(value) ? value.length : 0;
  if (flag.type === 'boolean') return value === true;
  if (flag.multiple) return value ?? [];
  if (flag.choices && typeof value === 'string' && !flag.choices.includes(value)) {
    throw new UsageError(`--${flag.name} ${value}: not one of ${flag.choices.join(', ')}`, {
      hint: nearest(value, flag.choices),
    });
  }
  return value;
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const near = didYouMean(word, known);
  return near && `did you mean ${near}?`;
}
