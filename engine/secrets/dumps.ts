/** Finds dumps of bytes in a text (`xxd`, `hexdump`, `od`), and what they are dumps of. */

/** Lines that dump bytes, one behind the other. */
export interface Dump {
  /** The bytes as text: in the order in which they stand, and swapped by two where words do. */
  readonly texts: readonly string[];
  readonly lines: readonly DumpLine[];
}

interface DumpLine {
  /** Where what is dumped begins in the text, behind the offset, and where the line ends. */
  readonly from: number;
  readonly to: number;
  readonly bytes: readonly number[];
  readonly swapped: readonly number[];
}

/** Longer lines are none of a dump: two columns of 32 bytes are shorter. */
const longestLine = 200;
const mostBytes = 32;
/** Lines of a long dump that are looked at with those before and with those behind them. */
const mostKept = 1024;
/** A line without offset is one of a dump where it has so many bytes, or goes on with one. */
const fewestBytes = 4;

/** All dumps of a text; what it costs is linear in the text. */
export function* dumpsIn(text: string): Generator<Dump> {
  let lines: DumpLine[] = [];
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const line =
      end - at > longestLine ? undefined : lineOf(text.slice(at, end), at, lines.length > 0);
    at = end + 1;
    if (line) {
      lines.push(line);
      if (lines.length < 2 * mostKept) continue;
      yield dumpOf(lines);
      // What goes over the end of a piece is whole in the next one.
      lines = lines.slice(mostKept);
    } else if (lines.length > 0) {
      yield dumpOf(lines);
      lines = [];
    }
  }
  if (lines.length > 0) yield dumpOf(lines);
}

/**
 * Lines of a dump that show parts of one of its texts.
 * @param parts in the order of that text, as characters of it
 */
export function* linesOf(
  { lines, texts }: Dump,
  which: number,
  parts: readonly (readonly [from: number, to: number])[],
): Generator<DumpLine> {
  const text = texts[which] ?? '';
  let [index, start] = [0, 0];
  let [characters, bytes] = [0, 0];
  for (const [from, to] of parts) {
    const first = bytes + Buffer.byteLength(text.slice(characters, from));
    const last = first + Buffer.byteLength(text.slice(from, to));
    [characters, bytes] = [to, last];
    for (let line = lines[index]; line && start < last; line = lines[index]) {
      if (start + line.bytes.length > first) yield line;
      // The next part may begin on this line too.
      if (start + line.bytes.length > last) break;
      start += line.bytes.length;
      index += 1;
    }
  }
}

/** Whether a line may be one of a dump that goes on in the next one. */
export const isDumpLine = (line: string): boolean =>
  line.length <= longestLine && lineOf(line, 0, false) !== undefined;

function dumpOf(lines: readonly DumpLine[]): Dump {
  const plain = textOf(lines.flatMap(({ bytes }) => bytes));
  const swapped = textOf(lines.flatMap((line) => line.swapped));
  return { lines, texts: plain === swapped ? [plain] : [plain, swapped] };
}

/** Of bytes that are no UTF-8 each is a character, so that what stands beside them is found. */
function textOf(bytes: readonly number[]): string {
  const all = Buffer.from(bytes);
  const text = all.toString('utf8');
  return text.includes('\uFFFD') ? all.toString('latin1').replace(/[^\0-\x7f]/g, '\x7f') : text;
}

const offset = /^[ \t]*[0-9a-f]{6,16}:?(?=[ \t])/i;

function lineOf(line: string, at: number, goesOn: boolean): DumpLine | undefined {
  const start = offset.exec(line)?.[0].length ?? 0;
  const from = at + start + (/^[ \t]*/.exec(line.slice(start))?.[0].length ?? 0);
  const rest = line.slice(start);
  const words = wordsOf(rest) ?? (start > 0 ? cellsOf(rest) : undefined);
  if (!words) return undefined;
  const bytes = words.flatMap((word) => word);
  if (start === 0 && bytes.length < fewestBytes && !goesOn) return undefined;
  return {
    from,
    to: at + line.length,
    bytes,
    swapped: words.flatMap((word) => word.toReversed()),
  };
}

/** Bytes of each word of digits: hexadecimal ones of 1, 2 or 4 bytes, octal ones of 1 or 2. */
function wordsOf(rest: string): readonly (readonly number[])[] | undefined {
  const words: (readonly number[])[] = [];
  let count = 0;
  for (const [word] of rest.matchAll(/[^ \t]+/g)) {
    const bytes = bytesOf(word);
    if (!bytes || count + bytes.length > mostBytes) break;
    if (words.length > 0 && bytes.length > (words[0]?.length ?? 0)) break;
    words.push(bytes);
    count += bytes.length;
  }
  return count > 0 ? words : undefined;
}

function bytesOf(word: string): readonly number[] | undefined {
  if (/^(?:[0-9a-f]{2}){1,4}$/i.test(word) && word.length !== 6)
    return [...Buffer.from(word, 'hex')];
  if (/^[0-3][0-7]{2}$/.test(word)) return [Number.parseInt(word, 8)];
  if (!/^[01][0-7]{5}$/.test(word)) return undefined;
  const value = Number.parseInt(word, 8);
  return [value >> 8, value & 255];
}

const escapes: Readonly<Record<string, number>> = {
  '\\0': 0,
  '\\a': 7,
  '\\b': 8,
  '\\t': 9,
  '\\n': 10,
  '\\v': 11,
  '\\f': 12,
  '\\r': 13,
};

/** `od -c`: each byte has a cell of four characters. */
function cellsOf(rest: string): readonly (readonly number[])[] | undefined {
  const cells: (readonly number[])[] = [];
  for (let at = 0; at < rest.length; at += 4) {
    const cell = rest.slice(at, at + 4);
    const byte = /^ [0-7]{3}$/.test(cell) ? Number.parseInt(cell, 8) : characterOf(cell);
    if (byte === undefined) return undefined;
    cells.push([byte]);
  }
  return cells.length > 0 ? cells : undefined;
}

function characterOf(cell: string): number | undefined {
  if (cell.length < 4) return undefined;
  if (cell.startsWith('   ')) return cell.charCodeAt(3);
  return cell.startsWith('  ') ? escapes[cell.slice(2)] : undefined;
}
