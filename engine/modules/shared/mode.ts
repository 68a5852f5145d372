/** Modes: octal strings and symbolic ones, as chmod reads them. */
import { z } from 'zod';
import { formatMode } from '../../readers/files/file-value.ts';

const octal = /^0?[0-7]{3,4}$/;
const clause = /^[ugoa]*([-+=]([rwxXst]*|[ugo]))+$/;

/** Schema of a mode: `'0644'` or `'u=rwX,g-w'`; numbers are refused (0644 and 644 differ). */
export const modeSchema = z
  .string({
    error: (issue) =>
      typeof issue.input === 'number'
        ? `a mode is a string: write '${String(issue.input).padStart(4, '0')}', not ${issue.input}`
        : undefined,
  })
  .refine((mode) => octal.test(mode) || mode.split(',').every((part) => clause.test(part)), {
    error: "a mode is octal, like '0644', or symbolic, like 'u=rwX,g-w'",
  });

const classes: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

/**
 * The mode that results.
 * @param mode octal or symbolic; a clause without u, g, o or a is for all
 * @param current four octal digits that a symbolic mode starts from
 * @returns four octal digits
 */
export function resolveMode(mode: string, current: string, directory: boolean): string {
  if (octal.test(mode)) return formatMode(Number.parseInt(mode, 8));
  let bits = Number.parseInt(current, 8);
  for (const part of mode.split(',')) {
    const who = /^[ugoa]*/.exec(part)?.[0] ?? '';
    for (const [, operator = '=', what = ''] of part
      .slice(who.length)
      .matchAll(/([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g)) {
      bits = applyClause(bits, who === '' ? 'a' : who, operator, what, directory);
    }
  }
  return formatMode(bits);
}

function applyClause(
  bits: number,
  who: string,
  operator: string,
  what: string,
  directory: boolean,
): number {
  const reach = who.split('').reduce((sum, name) => sum | (classes[name] ?? 0), 0);
  const change = permissions(what, bits, directory) & reach;
  if (operator === '+') return bits | change;
  if (operator === '-') return bits & ~change;
  // chmod leaves set-id bits of a directory alone unless they are named
  const kept = directory && !what.includes('s') ? reach & 0o6000 : 0;
  return (bits & ~(reach & ~kept)) | change;
}

function permissions(what: string, bits: number, directory: boolean): number {
  if (/^[ugo]$/.test(what)) {
    const shift = { u: 6, g: 3, o: 0 }[what] ?? 0;
    const three = (bits >> shift) & 7;
    return (three << 6) | (three << 3) | three;
  }
  let sum = 0;
  for (const letter of what) {
    if (letter === 'r') sum |= 0o444;
    if (letter === 'w') sum |= 0o222;
    if (letter === 'x' || (letter === 'X' && (directory || (bits & 0o111) !== 0))) sum |= 0o111;
    if (letter === 's') sum |= 0o6000;
    if (letter === 't') sum |= 0o1000;
  }
  return sum;
}
