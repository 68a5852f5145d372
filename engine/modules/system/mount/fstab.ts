/** Entries of /etc/fstab: one changes, every other line stays. */
import { StepError } from '../../../errors.ts';
import { insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';

export interface FstabEntry {
  readonly source: string;
  readonly path: string;
  readonly fstype: string;
  readonly options: string;
  readonly dump: number;
  readonly pass: number;
}

function entryOf({ text }: Line): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(text)) return undefined;
  const [source = '', path = '', fstype = '', options = 'defaults', dump = '0', pass = '0'] = text
    .trim()
    .split(/\s+/);
  const numbers = { dump: Number(dump), pass: Number(pass) };
  return { source: unescaped(source), path: unescaped(path), fstype, options, ...numbers };
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

const escaped = (text: string): string =>
  text.replaceAll(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

const textOf = (entry: FstabEntry): string =>
  [
    escaped(entry.source),
    escaped(entry.path),
    entry.fstype,
    entry.options,
    entry.dump,
    entry.pass,
  ].join('\t');

/** The entry of a mount point. @throws StepError when there are two */
export function entryAt(file: FileLines, path: string): FstabEntry | undefined {
  const at = indexesOf(file, path);
  if (at.length > 1) {
    throw new StepError(`fstab names ${path} on lines ${at.map((each) => each + 1).join(', ')}`, {
      hint: 'leave one of them',
    });
  }
  const line = file.lines[at[0] ?? -1];
  return line && entryOf(line);
}

const indexesOf = (file: FileLines, path: string): readonly number[] =>
  file.lines.flatMap((line, index) => (entryOf(line)?.path === path ? [index] : []));

export const isSameEntry = (a: FstabEntry, b: FstabEntry): boolean => textOf(a) === textOf(b);

/** The lines with the entry in its place, or at the end. */
export function withEntry(file: FileLines, entry: FstabEntry): readonly Line[] {
  const [at] = indexesOf(file, entry.path);
  const old = file.lines[at ?? -1];
  if (at === undefined || old === undefined) {
    return insertLines(file, file.lines.length, [textOf(entry)]);
  }
  return file.lines.with(at, { text: textOf(entry), end: old.end });
}

export const withoutEntry = (file: FileLines, path: string): readonly Line[] =>
  file.lines.filter((line) => entryOf(line)?.path !== path);
