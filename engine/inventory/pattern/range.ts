/** Ranges in host names: `node[01:20]`, `[a:f]`, `[0:10:2]`, as Ansible reads them. */
import { InventoryError } from '../../errors.ts';

/** More hosts from one name are a slip of the pen. */
const atMost = 100_000;
const bracketed = /\[([^[\]]*)\]/;
const letters = 'abcdefghijklmnopqrstuvwxyz';

/**
 * All names that a name with ranges stands for, the last range fastest; a plain name is itself.
 * @throws InventoryError for brackets that are no range
 * @example expandRanges('node[08:10]') // ['node08', 'node09', 'node10']
 */
export function expandRanges(name: string): string[] {
  const found = bracketed.exec(name);
  if (!found) return [name];
  const before = name.slice(0, found.index);
  const after = expandRanges(name.slice(found.index + found[0].length));
  const middle = expandRange(found[1] ?? '', name);
  if (middle.length * after.length > atMost) throw tooMany(name);
  return middle.flatMap((part) => after.map((rest) => before + part + rest));
}

function expandRange(range: string, name: string): string[] {
  const [start = '', end = '', step = '1', ...more] = range.split(':');
  const isNumeric = /^\d*$/.test(start) && /^\d+$/.test(end);
  const isAlphabetic = /^[a-z]$|^[A-Z]$/.test(start) && /^[a-z]$|^[A-Z]$/.test(end);
  if (more.length > 0 || !/^[1-9]\d*$/.test(step) || !(isNumeric || isAlphabetic)) {
    throw new InventoryError(`'[${range}]' in '${name}' is not a range`, {
      hint: "write '[01:20]', '[a:f]' or '[0:10:2]'",
    });
  }
  return isNumeric
    ? numbers(start === '' ? '0' : start, end, Number(step), name)
    : alphabet(start, end, Number(step), name);
}

function numbers(start: string, end: string, step: number, name: string): string[] {
  const padded = start.length > 1 && start.startsWith('0');
  if (padded && start.length !== end.length) {
    throw new InventoryError(`start and end of the range in '${name}' have different lengths`, {
      hint: `write '${end.padStart(start.length, '0')}' and '${start.padStart(end.length, '0')}'`,
    });
  }
  const [first, last] = [Number(start), Number(end)];
  if (first > last) throw backwards(name);
  if ((last - first) / step > atMost) throw tooMany(name);
  const width = padded ? start.length : 0;
  const found: string[] = [];
  for (let at = first; at <= last; at += step) found.push(String(at).padStart(width, '0'));
  return found;
}

function alphabet(start: string, end: string, step: number, name: string): string[] {
  const upper = start < 'a';
  if (upper !== end < 'a') {
    throw new InventoryError(`the range in '${name}' mixes upper and lower case`);
  }
  const [first, last] = [start, end].map((letter) => letters.indexOf(letter.toLowerCase()));
  if (first === undefined || last === undefined || first > last) throw backwards(name);
  const found: string[] = [];
  for (let at = first; at <= last; at += step) found.push(letters.charAt(at));
  return upper ? found.map((letter) => letter.toUpperCase()) : found;
}

const backwards = (name: string): InventoryError =>
  new InventoryError(`the range in '${name}' ends before it begins`);

const tooMany = (name: string): InventoryError =>
  new InventoryError(`'${name}' stands for more than ${atMost} hosts`);
