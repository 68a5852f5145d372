/** A new member or item comes last, behind the comment of the one before it. */
import type { PlainData } from '../../shared/data/argument.ts';
import type { JsonDocument, JsonElement, JsonNode, Range } from './document.ts';
import { blankOf, endOf, flat, indentAt, isTall, stepOf, tall, withRange } from './text.ts';

/** @param part the key, or the index of what is appended to a list */
export function inserted(
  text: string,
  document: JsonDocument,
  node: JsonNode,
  part: string | number,
  value: PlainData,
): string {
  const key = node.kind === 'object' ? `${JSON.stringify(String(part))}:${blankOf(text)}` : '';
  const last = node.elements.at(-1);
  return last
    ? behind(text, document, node, last, key, value)
    : filled(text, document, node, key, value);
}

function behind(
  text: string,
  { comments }: JsonDocument,
  node: JsonNode,
  last: JsonElement,
  key: string,
  value: PlainData,
): string {
  const own = last.comma === undefined ? last.node.end : last.comma + 1;
  const isTallNode = text.slice(last.node.end, node.end).includes('\n');
  const [comma, blank] = commaOf(text, node);
  const at = isTallNode ? endOfComment(text, comments, own) : endOfLast(comments, own, node.end);
  const indent = indentAt(text, last.start);
  const added = isTallNode
    ? `${endOf(text)}${indent}${key}${tall(text, value, indent)}`
    : `${blank}${key}${flat(text, value)}`;
  // Where the last one has a comma, so has the new one.
  const [before, after] = last.comma === undefined ? [comma, ''] : ['', ','];
  const { end } = last.node;
  return text.slice(0, end) + before + text.slice(end, at) + added + after + text.slice(at);
}

/** The end of the comments that stand on the line of an offset behind it. */
function endOfComment(text: string, comments: readonly Range[], from: number): number {
  const next = comments.find(({ start }) => start >= from);
  if (!next || text.slice(from, next.start).trim() !== '') return from;
  if (text.slice(from, next.start).includes('\n')) return from;
  return endOfComment(text, comments, next.end);
}

const endOfLast = (comments: readonly Range[], from: number, to: number): number =>
  comments.findLast(({ start, end }) => start >= from && end < to)?.end ?? from;

/** The first element of an object or list; comments that it holds stay above. */
function filled(
  text: string,
  { comments }: JsonDocument,
  node: JsonNode,
  key: string,
  value: PlainData,
): string {
  const base = indentAt(text, node.start);
  const inner = base + stepOf(text);
  const comment = comments.findLast(({ start, end }) => start > node.start && end < node.end);
  if (comment) {
    const isTallNode = text.slice(node.start, node.end).includes('\n');
    const added = isTallNode
      ? `${endOf(text)}${inner}${key}${tall(text, value, inner)}`
      : ` ${key}${flat(text, value)}`;
    return text.slice(0, comment.end) + added + text.slice(comment.end);
  }
  const content = isTall(text)
    ? `${endOf(text)}${inner}${key}${tall(text, value, inner)}${endOf(text)}${base}`
    : key + flat(text, value);
  return withRange(text, node, node.kind === 'object' ? `{${content}}` : `[${content}]`);
}

/** The comma with the blanks before it, and those behind it, as between the first two elements. */
function commaOf(text: string, { elements }: JsonNode): readonly [string, string] {
  const [one, two] = elements;
  const between = one && two ? text.slice(one.node.end, two.start) : '';
  const [, comma, blank] = /^([ \t]*,)([ \t]*)$/.exec(between) ?? [];
  return [comma ?? ',', blank ?? blankOf(text)];
}
