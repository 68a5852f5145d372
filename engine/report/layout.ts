/** Lines that fit: wrapping with a hanging indent, padding, short forms of values and times. */
import { cleanLine } from './clean.ts';

/** Breaks a line at spaces so that it fits; further lines are indented by `hang` spaces. */
export function wrap(line: string, columns: number, hang: number): string {
  if (line.length <= columns) return line;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const indent = /^ */.exec(rest)?.[0].length ?? 0;
    const at = rest.lastIndexOf(' ', columns);
    const cut = at > indent ? at : rest.indexOf(' ', columns);
    if (cut < 0) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = ' '.repeat(hang) + rest.slice(cut).trimStart();
  }
  return [...lines, rest].join('\n');
}

/** Every line of a text with a prefix. */
export function prefixLines(text: string, prefix: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${prefix}${line}`.trimEnd())
    .join('\n');
}

/** A value in a few words: text as it is, data as short JSON. */
export function briefly(value: unknown, most = 60): string {
  if (value === undefined || value === null) return 'absent';
  const text =
    typeof value === 'string' ? cleanLine(value) || "''" : cleanLine(JSON.stringify(value));
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}

/** Milliseconds for people: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 host`, `3 hosts`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Bytes for people. */
export function bytes(amount: number): string {
  if (amount < 1024) return `${amount} B`;
  if (amount < 1024 * 1024) return `${(amount / 1024).toFixed(1)} KiB`;
  return `${(amount / 1024 / 1024).toFixed(1)} MiB`;
}
