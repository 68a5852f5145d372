/** A member goes with its line and the comment behind it; comments on other lines stay. */
import type { JsonDocument, JsonNode, Range } from './document.ts';
import { lineStart } from './text.ts';

/** The text without the element at that place of its object. */
export function removed(
  text: string,
  { comments }: JsonDocument,
  parent: JsonNode,
  at: number,
): string {
  const inside = comments.some(({ start, end }) => start > parent.start && end < parent.end);
  if (parent.elements.length === 1 && !inside) {
    return cut(text, [{ start: parent.start + 1, end: parent.end - 1 }]);
  }
  return cut(text, rangesOf(text, comments, parent, at));
}

const cut = (text: string, ranges: readonly Range[]): string =>
  ranges.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text);

function rangesOf(
  text: string,
  comments: readonly Range[],
  parent: JsonNode,
  at: number,
): readonly Range[] {
  const gone = parent.elements[at];
  if (gone === undefined) return [];
  const [before, after] = [parent.elements[at - 1], parent.elements[at + 1]];
  const end = gone.comma === undefined ? gone.node.end : gone.comma + 1;
  // Nothing follows any more that the comma before it could separate.
  const comma =
    before?.comma !== undefined && gone.comma === undefined
      ? [{ start: before.comma, end: before.comma + 1 }]
      : [];
  const line = wholeLine(text, comments, { start: gone.start, end });
  if (line) return [...comma, line];
  const isPlain = (range: Range): boolean =>
    !comments.some(({ start }) => start >= range.start && start < range.end);
  if (after && isPlain({ start: end, end: after.start })) {
    return [{ start: gone.start, end: after.start }];
  }
  if (!after && before && gone.comma === undefined) {
    const all = { start: before.node.end, end };
    if (isPlain(all)) return [all];
  }
  return [...comma, { start: gone.start, end }];
}

/** Its lines with their ending, where nothing but a comment behind it stands on them. */
function wholeLine(text: string, comments: readonly Range[], range: Range): Range | undefined {
  const start = lineStart(text, range.start);
  if (text.slice(start, range.start).trim() !== '') return undefined;
  const comment = comments.find((each) => each.start >= range.end);
  const isBehind = comment !== undefined && /^[ \t]*$/.test(text.slice(range.end, comment.start));
  const rest = /[ \t]*\r?\n/y;
  rest.lastIndex = isBehind ? comment.end : range.end;
  return rest.test(text) ? { start, end: rest.lastIndex } : undefined;
}
