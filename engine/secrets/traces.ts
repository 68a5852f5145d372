/**
 * Secrets as a shell shows them: quoted anew in traces (`set -x`) and listings (`set`, `export -p`),
 * and split at blanks where a script left the quotes out.
 */

/** Bash puts quotes around a word with one of these; a tilde and a hash count at its beginning. */
const quotedByBash = /[\s'"\\|&;()<>!{}*[\]?^$`]|^[~#]/;
const quotedByBusybox = /[\0-*;-?[\\`|~]/;
/** Shorter texts are hidden only as whole words, or nothing would stay readable. */
export const shortestPart = 4;
/** Letters and digits without which a part of a secret may stand anywhere by chance. */
const shortestWord = 8;
/** Longer texts hold sentences or data; their lines are found. */
const longestSplit = 256;

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
};

/** The whole text: between quotes of each kind, in `$'…'`, and in the pattern of a `[[ … ]]`. */
export function* tracedForms(text: string): Generator<string> {
  yield insideDouble(text);
  yield text.replace(/["\\$`]/g, '\\$&');
  yield text.replace(/[\0-\x1f'\\\x7f]/g, escaped);
  yield text.replace(/[\0-\x1f'\\\x7f]/g, escaped).replace(/[^\0-\x7f]+/g, octal);
  if (text.length > longestSplit || text.length < shortestPart) return;
  yield text.replace(/./gsu, '\\$&');
  // A trace in the C locale has a backslash before each byte, and such bytes are no UTF-8.
  yield text.replace(/./gsu, (each) => '\\\uFFFD'.repeat(bytesOf(each)) || `\\${each}`);
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length < 2) return;
  yield words.join(' ');
  yield words.map((word) => (quotedByBash.test(word) ? inSingle(word) : word)).join(' ');
  yield words.map((word) => (quotedByBusybox.test(word) ? inDouble(word) : word)).join(' ');
}

/** Words of a secret that a trace may show by themselves, as long as they tell something. */
export function wordsOf(text: string): readonly string[] {
  if (text.length > longestSplit) return [];
  const words = text.split(/\s+/).filter(Boolean);
  return words.length < 2 || /[\r\n]/.test(text.trim())
    ? []
    : words.filter((word) => word.replaceAll(/[^\p{L}\p{N}]/gu, '').length >= shortestWord);
}

/** A word of letters, as our own sentences have them too. */
export const isPlainWord = (word: string): boolean => /^\p{L}+\p{P}?$/u.test(word);

/** Between the quotes that most shells and our own `quote` put around a word. */
export const insideSingle = (text: string): string => text.replaceAll("'", "'\\''");
const inSingle = (word: string): string => `'${insideSingle(word)}'`;
/** dash and busybox put quotes of the other kind around quotes; what ends in one ends there. */
const insideDouble = (text: string): string =>
  text.replaceAll(/'+(?!')/g, `'"$&"'`).replace(/"'$/, '"');

const inDouble = (word: string): string => `'${insideDouble(word)}${word.endsWith("'") ? '' : "'"}`;

const escaped = (character: string): string => escapes[character] ?? octal(character);

const octal = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

const bytesOf = (character: string): number =>
  character > '\x7f' ? Buffer.byteLength(character) : 0;
