/**
 * A small file as lines, each with its own ending, so that what is not edited stays byte for byte
 * as it is: CRLF, a last line without an ending, bytes that are not UTF-8.
 */
import { StepError } from '../../errors.ts';

export interface Line {
  readonly text: string;
  /** `\n`, `\r\n`, or empty at the end of a file without a final newline. */
  readonly end: string;
}

export interface FileLines {
  readonly lines: readonly Line[];
  /** How lines of this file end. */
  readonly end: string;
  /** Texts of the file are decoded with this; latin1 keeps bytes that are not UTF-8. */
  readonly encoding: 'utf8' | 'latin1';
}

export function linesOf(bytes: Buffer): FileLines {
  const utf8 = bytes.toString('utf8');
  const encoding = Buffer.from(utf8, 'utf8').equals(bytes) ? 'utf8' : 'latin1';
  const text = encoding === 'utf8' ? utf8 : bytes.toString('latin1');
  const lines = [...text.matchAll(/([^\n]*?)(\r?\n)|([^\n]+)$/g)].map(
    ([, ended, end, last]): Line => ({ text: ended ?? last ?? '', end: end ?? '' }),
  );
  return { lines, end: lines[0]?.end === '\r\n' ? '\r\n' : '\n', encoding };
}

export const bytesOf = (lines: readonly Line[], encoding: FileLines['encoding']): Buffer =>
  Buffer.from(lines.map((line) => line.text + line.end).join(''), encoding);

/** A text of the playbook as it stands in the file's decoding. */
export const inFile = (text: string, file: FileLines): string =>
  file.encoding === 'utf8' ? text : Buffer.from(text, 'utf8').toString('latin1');

/** Lines put in before the line of that index; a last line without an ending gets one. */
export function insertLines(file: FileLines, at: number, texts: readonly string[]): Line[] {
  const added = texts.map((text) => ({ text, end: file.end }));
  const before = file.lines
    .slice(0, at)
    .map((line) => (line.end === '' ? { ...line, end: file.end } : line));
  return [...before, ...added, ...file.lines.slice(at)];
}

export interface Position {
  readonly insertAfter?: string | RegExp | undefined;
  readonly insertBefore?: string | RegExp | undefined;
}

/**
 * Where new lines go: after the last line that `insertAfter` matches (`EOF`: the end), or before
 * the last that `insertBefore` matches (`BOF`: the beginning); without a match at the end.
 */
export function positionIn(file: FileLines, wanted: Position): number {
  const { insertAfter, insertBefore } = wanted;
  const end = file.lines.length;
  if (insertBefore === 'BOF') return 0;
  if (insertBefore !== undefined) {
    const found = lastMatch(file, pattern(insertBefore));
    return found === -1 ? end : found;
  }
  if (insertAfter === undefined || insertAfter === 'EOF') return end;
  const found = lastMatch(file, pattern(insertAfter));
  return found === -1 ? end : found + 1;
}

export const lastMatch = (file: FileLines, wanted: RegExp): number =>
  file.lines.findLastIndex((line) => wanted.test(line.text));

/** A regular expression without the flags that make `test` remember. @throws StepError */
export function pattern(of: string | RegExp): RegExp {
  try {
    return typeof of === 'string'
      ? new RegExp(of, isUnicode(of) ? 'u' : '')
      : new RegExp(of.source, of.flags.replaceAll(/[gy]/g, ''));
  } catch (cause) {
    throw new StepError(`not a regular expression: ${String(of)}`, { cause });
  }
}

/** With `u` a letter beyond ASCII is one character, but needless escapes (`\-`) are refused. */
function isUnicode(of: string): boolean {
  try {
    return new RegExp(of, 'u').unicode;
  } catch {
    return false;
  }
}

/** What is wrong with arguments that say where lines go. */
export function positionMistakes(wanted: Position): string[] {
  const found: string[] = [];
  if (wanted.insertAfter !== undefined && wanted.insertBefore !== undefined) {
    found.push('give insertAfter or insertBefore, not both');
  }
  for (const name of ['insertAfter', 'insertBefore'] as const) {
    const text = wanted[name];
    if (text !== undefined) found.push(...patternMistakes(name, text));
  }
  return found;
}

/** A sentence where the text is no regular expression. */
export function patternMistakes(name: string, text: string | RegExp): string[] {
  try {
    pattern(text);
    return [];
  } catch {
    return [`${name} is not a regular expression: ${String(text)}`];
  }
}
