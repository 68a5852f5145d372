/** Lines `NAME=value` as shells, systemd and PAM read them. */
import type { FileLines, Line } from '../file-lines.ts';
import { lastWith, withEntry, type LineFormat } from './index.ts';

export type Quotes = 'auto' | 'always' | 'never';

export interface EnvStyle {
  readonly quotes: Quotes;
  /** New lines begin with `export`. */
  readonly export: boolean;
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** Blanks, export, the name and =; then the value as it is written. */
const line = /^(\s*(?:export\s+)?([A-Za-z_]\w*)=)(.*?)\s*$/;

export const envLines = (style: EnvStyle): LineFormat<Variable> => ({
  read: (text) => {
    const [, , name, raw = ''] = line.exec(text) ?? [];
    return name === undefined ? undefined : { name, value: unquoted(raw) };
  },
  keyOf: ({ name }) => name,
  write: ({ name, value }, old = '') => {
    const lead = line.exec(old)?.[1] ?? (style.export ? `export ${name}=` : `${name}=`);
    return lead + written(value, style.quotes);
  },
  isSame: (is, wanted) => is.value === wanted.value,
});

/** For those who only read and remove. */
export const anyEnvLine = envLines({ quotes: 'auto', export: false });

/** What a shell makes of the word; a value that is more than one word is taken as it stands. */
function unquoted(raw: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"$/.exec(raw)?.[1];
  if (double !== undefined) return double.replaceAll(/\\([\\"$`])/g, '$1');
  const single = /^'([^']*)'$/.exec(raw)?.[1];
  return single ?? raw;
}

function written(value: string, quotes: Quotes): string {
  if (quotes === 'never') return value;
  if (quotes === 'auto' && /^[\w@%+=:,./~-]*$/.test(value)) return value;
  return `"${value.replaceAll(/[\\"$`]/g, '\\$&')}"`;
}

/** The value of a name; the last line counts. */
export const envValue = (file: FileLines, name: string): string | undefined =>
  lastWith(anyEnvLine, file, name)?.value;

/** The lines with one for the name; a value that is right already stays as it is written. */
export const withEnv = (
  file: FileLines,
  name: string,
  value: string,
  style: EnvStyle,
): readonly Line[] => withEntry(envLines(style), file, { name, value });
