/**
 * The editor of files in which a line says something of one key: variables, mounts, addresses,
 * limits, keys. A format describes its lines; the editor finds those of a key, changes one in its
 * place, adds and removes. Every other line stays byte for byte, comments and endings included.
 * Of several lines with one key the last counts: it is the one that is changed, the others stay.
 */
import { StepError } from '../../../errors.ts';
import { insertLines, type FileLines, type Line } from '../file-lines.ts';

export interface LineFormat<E> {
  /** What a line says; undefined for comments, blank lines and what is of another kind. */
  read(text: string): E | undefined;
  /** What it is about: lines with equal keys are about one thing. */
  keyOf(entry: E): string;
  /** The line for an entry. Where it takes the place of `old`, blanks and comments of that stay. */
  write(entry: E, old?: string): string;
  /** Whether nothing is to be done where one stands and the other is wanted. */
  isSame(is: E, wanted: E): boolean;
}

export interface FoundLine<E> {
  readonly index: number;
  readonly entry: E;
}

/** All lines that say something, in the order of the file. */
export const entriesIn = <E>(format: LineFormat<E>, file: FileLines): readonly FoundLine<E>[] =>
  file.lines.flatMap(({ text }, index) => {
    const entry = format.read(text);
    return entry === undefined ? [] : [{ index, entry }];
  });

/** The lines of a key. */
export const linesWith = <E>(
  format: LineFormat<E>,
  file: FileLines,
  key: string,
): readonly FoundLine<E>[] =>
  entriesIn(format, file).filter(({ entry }) => format.keyOf(entry) === key);

/** What the last line of a key says, which is the one that counts. */
export const lastWith = <E>(format: LineFormat<E>, file: FileLines, key: string): E | undefined =>
  linesWith(format, file, key).at(-1)?.entry;

/** For files in which a second line of a key is a mistake. @throws StepError naming the lines */
export function onlyWith<E>(
  format: LineFormat<E>,
  file: FileLines,
  key: string,
  what: string,
): FoundLine<E> | undefined {
  const found = linesWith(format, file, key);
  if (found.length > 1) {
    throw new StepError(`${what} on lines ${numbersOf(found)}`, { hint: 'leave one of them' });
  }
  return found[0];
}

/** The lines with this entry: in place of the last one of its key, or at the end. */
export function withEntry<E>(format: LineFormat<E>, file: FileLines, wanted: E): readonly Line[] {
  const last = linesWith(format, file, format.keyOf(wanted)).at(-1);
  const old = last && file.lines[last.index];
  if (!old) return insertLines(file, file.lines.length, [format.write(wanted)]);
  if (format.isSame(last.entry, wanted)) return file.lines;
  return file.lines.with(last.index, { text: format.write(wanted, old.text), end: old.end });
}

/**
 * The lines with each entry as `edit` gives it back: the same object leaves the line as it is,
 * undefined takes it away.
 */
export function withEach<E>(
  format: LineFormat<E>,
  file: FileLines,
  edit: (entry: E) => E | undefined,
): readonly Line[] {
  return file.lines.flatMap((line): readonly Line[] => {
    const entry = format.read(line.text);
    if (entry === undefined) return [line];
    const after = edit(entry);
    if (after === entry) return [line];
    return after === undefined ? [] : [{ text: format.write(after, line.text), end: line.end }];
  });
}

/** The lines without those of the keys. */
export const withoutKeys = <E>(
  format: LineFormat<E>,
  file: FileLines,
  ...keys: readonly string[]
): readonly Line[] =>
  withEach(format, file, (entry) => (keys.includes(format.keyOf(entry)) ? undefined : entry));

/** Undefined where an edit left all lines as they were. */
export const ifChanged = (
  { lines: before }: FileLines,
  after: readonly Line[],
): readonly Line[] | undefined =>
  after.length === before.length && after.every((line, index) => line === before[index])
    ? undefined
    : after;

/** For people: where a key has several lines, which one is meant. */
export function whichCounts<E>(
  format: LineFormat<E>,
  file: FileLines,
  key: string,
): readonly string[] {
  const found = linesWith(format, file, key);
  return found.length < 2 ? [] : [`${key} stands on lines ${numbersOf(found)}: the last counts`];
}

/** As parts of an edit; none where there is nothing to say. */
export const notesOf = (notes: readonly string[]): { readonly notes?: readonly string[] } =>
  notes.length === 0 ? {} : { notes };

const numbersOf = (found: readonly FoundLine<unknown>[]): string =>
  found.map(({ index }) => index + 1).join(', ');
