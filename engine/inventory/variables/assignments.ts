/** Splits `a=1 b='x y' c=[1, 2]` where a name and `=` begin outside quotes and brackets. */

const start = /([A-Za-z_][\w-]*)=/y;
const closing: Readonly<Record<string, string>> = { '[': ']', '{': '}', '"': '"', "'": "'" };

/** Pairs of name and value as written; undefined when the text does not begin with a name. */
export function splitAssignments(text: string): readonly (readonly [string, string])[] | undefined {
  const found: { name: string; from: number; to: number }[] = [];
  let at = 0;
  while (at < text.length) {
    start.lastIndex = at;
    const isWordStart = at === 0 || /\s/.test(text.charAt(at - 1));
    const match = isWordStart ? start.exec(text) : null;
    if (match?.[1] !== undefined) {
      const last = found.at(-1);
      if (last) last.to = at;
      at = start.lastIndex;
      found.push({ name: match[1], from: at, to: text.length });
      at = skipEnclosed(text, at);
    } else if (found.length === 0) {
      return undefined;
    } else {
      at++;
    }
  }
  return found.map(({ name, from, to }) => [name, text.slice(from, to).trim()] as const);
}

/** The place behind a quoted text or brackets that begin at `from`, else `from`. */
function skipEnclosed(text: string, from: number): number {
  const open: string[] = [];
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    const end = open.at(-1);
    const isQuoted = end === '"' || end === "'";
    if (character === end) {
      open.pop();
      if (open.length === 0) return at + 1;
    } else if (isQuoted && end === '"' && character === '\\') {
      at++;
    } else if (!isQuoted && closing[character] !== undefined) {
      open.push(closing[character]);
    } else if (open.length === 0) {
      return from;
    }
  }
  return from;
}
