/** Splits a text into words as a shell does, without expanding anything. */
import { InventoryError } from '../../errors.ts';

const word = /(?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/y;
const part = /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\s'"\\]+)/g;

/**
 * @throws InventoryError for a quote that is not closed or a backslash at the end
 * @example shellWords("-o 'ProxyCommand=ssh -W %h:%p gate'") // ['-o', 'ProxyCommand=ssh -W …']
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (at >= text.length) return words;
    word.lastIndex = at;
    const found = word.exec(text);
    if (!found) break;
    words.push(unquoted(found[0]));
    at = word.lastIndex;
    if (at < text.length && !/\s/.test(text.charAt(at))) break;
  }
  throw new InventoryError(`a quote or backslash is left open in: ${text}`);
}

function unquoted(word: string): string {
  return word.replace(part, (_, escaped, single, double, plain) => {
    if (typeof escaped === 'string') return escaped === '\n' ? '' : escaped;
    if (typeof double === 'string') {
      return double.replace(/\\([$`"\\\n])/g, (_, kept: string) => (kept === '\n' ? '' : kept));
    }
    return String(single ?? plain);
  });
}
