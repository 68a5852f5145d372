/** Lines `NAME=value` as shells, systemd and PAM read them. */
import type { FileLines, Line } from './file-lines.ts';
import { insertLines } from './file-lines.ts';

export type Quotes = 'auto' | 'always' | 'never';

export interface EnvStyle {
  readonly quotes: Quotes;
  /** New lines begin with `export`. */
  readonly export: boolean;
}

interface EnvLine {
  readonly name: string;
  readonly value: string;
  /** What stands before the value: blanks, export, the name and =. */
  readonly lead: string;
}

function envLine({ text }: Line): EnvLine | undefined {
  const [, lead = '', name, raw = ''] =
    /^(\s*(?:export\s+)?([A-Za-z_]\w*)=)(.*?)\s*$/.exec(text) ?? [];
  return name === undefined ? undefined : { name, value: unquoted(raw), lead };
}

/** What a shell makes of the word; a value that is more than one word is taken as it stands. */
function unquoted(raw: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"$/.exec(raw)?.[1];
  if (double !== undefined) return double.replaceAll(/\\([\\"$`])/g, '$1');
  const single = /^'([^']*)'$/.exec(raw)?.[1];
  return single ?? raw;
}

/** The value of a name; the last line counts. */
export const envValue = (file: FileLines, name: string): string | undefined =>
  file.lines.map(envLine).findLast((line) => line?.name === name)?.value;

function written(value: string, quotes: Quotes): string {
  if (quotes === 'never') return value;
  if (quotes === 'auto' && /^[\w@%+=:,./~-]*$/.test(value)) return value;
  return `"${value.replaceAll(/[\\"$`]/g, '\\$&')}"`;
}

/** The lines with one line for the name; a value that is right already stays as it is written. */
export function withEnv(
  file: FileLines,
  name: string,
  value: string,
  style: EnvStyle,
): readonly Line[] {
  const at = file.lines.findLastIndex((line) => envLine(line)?.name === name);
  const old = file.lines[at];
  if (old === undefined) {
    const lead = style.export ? `export ${name}=` : `${name}=`;
    const text = lead + written(value, style.quotes);
    return insertLines(file, file.lines.length, [text]);
  }
  const line = envLine(old);
  if (line === undefined || line.value === value) return file.lines;
  const text = line.lead + written(value, style.quotes);
  return file.lines.with(at, { text, end: old.end });
}

/** The lines without any for the name. */
export const withoutEnv = (file: FileLines, name: string): readonly Line[] =>
  file.lines.filter((line) => envLine(line)?.name !== name);
