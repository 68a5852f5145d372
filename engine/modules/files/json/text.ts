/** Values as JSON in the manner of the text that they go into: its indents, blanks and line ends. */
import type { PlainData } from '../../shared/data/argument.ts';
import type { Range } from './document.ts';

export const withRange = (text: string, { start, end }: Range, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

/** A value in the manner of the place where it goes. */
export const written = (text: string, value: PlainData, at: number): string =>
  isTall(text) ? tall(text, value, indentAt(text, at)) : flat(text, value);

/** Whether the text has its elements on lines of their own. */
export const isTall = (text: string): boolean =>
  /[{[]\s*\n/.test(text) || /^\s*[{[]\s*[}\]]\s*$/.test(text);

/** On lines of its own, further to the right than `indent`. */
export const tall = (text: string, value: PlainData, indent: string): string =>
  JSON.stringify(value, null, stepOf(text)).replaceAll('\n', `${endOf(text)}${indent}`);

/** By how much one level stands further to the right. */
export const stepOf = (text: string): string => /[{[][ \t]*\r?\n([ \t]+)/.exec(text)?.[1] ?? '  ';

export const endOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** What stands between a key and its value, and between elements on one line. */
export const blankOf = (text: string): string => (/"\s*:\S/.test(text) ? '' : ' ');

/** On one line, with blanks where the text has them. */
export function flat(text: string, value: PlainData): string {
  const blank = blankOf(text);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((each: PlainData) => flat(text, each)).join(`,${blank}`)}]`;
  }
  const members = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}:${blank}${flat(text, each)}`,
  );
  return `{${members.join(`,${blank}`)}}`;
}

/** The blanks at the beginning of the line of an offset. */
export const indentAt = (text: string, at: number): string =>
  /[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';

export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
