/** Lines of fields with blanks between them, and maybe a comment behind: hosts, fstab, limits. */

export interface FieldLines {
  /** The fields of a line; a comment, and a line of nothing else, has none. */
  of(text: string): readonly string[];
  /** The line with these fields in place of its own; blanks and the comment behind them stay. */
  put(text: string, fields: readonly string[]): string;
}

/** @param comment where one begins */
export function fieldLines(comment: RegExp): FieldLines {
  const bodyOf = (text: string): string => {
    const at = text.search(comment);
    return at === -1 ? text : text.slice(0, at);
  };
  return {
    of: (text) => bodyOf(text).match(/\S+/g) ?? [],
    put: (text, fields) => {
      const body = bodyOf(text);
      const gaps = [...body.matchAll(/(\s*)\S+/g)].map(([, gap = '']) => gap);
      const usual = gaps.at(-1) || ' ';
      const written = fields.map((field, index) => (gaps[index] ?? usual) + field).join('');
      return written + (/\s*$/.exec(body)?.[0] ?? '') + text.slice(body.length);
    },
  };
}
