/** Puts a value into a YAML text by ranges. What it writes is verified by reading it again. */
import { isCollection, isMap, isPair, isScalar, type Document, type Node, type Pair } from 'yaml';
import type { PlainData } from '../../shared/data/argument.ts';
import { blockText, flowText, styleOf } from './document.ts';

/** The text with a value in a document that holds nothing. */
export function addedTo(text: string, document: Document, value: PlainData): string {
  const block = blockText(value, styleOf(text));
  const range = document.contents?.range;
  if (range && range[1] > range[0]) return cut(text, range[0], range[1], block);
  const lead = text === '' || text.endsWith('\n') ? '' : '\n';
  return cut(text, text.length, text.length, `${lead}${block}\n`);
}

/** Where a value stands, and what is to stand there. */
export interface Spot {
  readonly node: Node | undefined;
  readonly pair: Pair | undefined;
  readonly parent: Node | undefined;
  readonly value: PlainData;
}

/** The text with another value at a place that is there; undefined where ranges do not help. */
export function replacedAt(text: string, spot: Spot): string | undefined {
  const { node, pair, parent, value } = spot;
  if (isFlow(parent) || (isFlow(node) && isFilled(value) && !isEmptyNode(node))) {
    return node?.range ? cut(text, node.range[0], node.range[1], flowText(value)) : undefined;
  }
  if (pair) return replacedIn(text, pair, node, value);
  if (!node?.range || node.range[0] === node.range[1]) return undefined;
  const block = isTall(value) ? blockText(value, styleOf(text)) : flowText(value);
  return cut(text, node.range[0], endOfText(text, node), indented(block, columnOf(text, node)));
}

function replacedIn(
  text: string,
  pair: Pair,
  node: Node | undefined,
  value: PlainData,
): string | undefined {
  const key = pair.key as Node;
  const between = tokensBehindColon(pair);
  if (!key.range || between === undefined) return undefined;
  const filled = node?.range && node.range[1] > node.range[0];
  const end = filled && node ? endOfText(text, node) : between.colon;
  if (between.kept && filled && node?.range) {
    // A comment, anchor or tag stands between the key and its value.
    const column = columnOf(text, node);
    if (!isTall(value)) return cut(text, node.range[0], end, flowText(value));
    if (!isCollection(node) || column <= columnOf(text, key)) return undefined;
    const block = blockText(value, styleOf(text));
    return cut(text, node.range[0], end, indented(block, column));
  }
  const block = isTall(value)
    ? blockText({ k: value }, styleOf(text)).slice('k:'.length)
    : ` ${flowText(value)}`;
  return cut(text, between.colon, end, indented(block, columnOf(text, key)));
}

/** The text with a further key of a map, or a further item of a list. */
export function insertedInto(
  text: string,
  node: Node,
  part: string | number,
  value: PlainData,
): string | undefined {
  if (!isCollection(node)) return undefined;
  const last = node.items.at(-1);
  const end = endOfItem(last);
  if (end === undefined || !node.range) return undefined;
  if (node.flow) {
    const key = isMap(node) ? `${flowText(String(part))}: ` : '';
    return cut(text, end.value, end.value, `, ${key}${flowText(value)}`);
  }
  const block = blockText(isMap(node) ? { [part]: value } : [value], styleOf(text));
  const at = lineBehind(text, end.node);
  const line = indented(block, columnOf(text, node));
  const lead = ' '.repeat(columnOf(text, node));
  const whole = at > 0 && text[at - 1] !== '\n' ? `\n${lead}${line}` : `${lead}${line}\n`;
  return cut(text, at, at, whole);
}

/** Lines that come in end as the file's do. */
function cut(text: string, from: number, to: number, by: string): string {
  const lines = text.includes('\r\n') ? by.replaceAll('\n', '\r\n') : by;
  return text.slice(0, from) + lines + text.slice(to);
}

export const isFlow = (node: Node | undefined): boolean => isCollection(node) && node.flow === true;

const isEmptyNode = (node: Node | undefined): boolean =>
  isCollection(node) && node.items.length === 0;

const isFilled = (value: PlainData): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** Whether the value takes lines of its own. */
const isTall = (value: PlainData): boolean =>
  isFilled(value) || (typeof value === 'string' && value.includes('\n'));

/** All lines but the first moved to the right. */
const indented = (block: string, column: number): string =>
  block.replaceAll(/\n(?!\n|$)/g, `\n${' '.repeat(column)}`);

export function columnOf(text: string, node: Node): number {
  const at = node.range?.[0] ?? 0;
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Where the value's text ends; a block collection's range has its last line feed too. */
function endOfText(text: string, node: Node): number {
  const [start, end] = node.range ?? [0, 0];
  if (isScalar(node)) return end - (text[end - 1] === '\n' ? (text[end - 2] === '\r' ? 2 : 1) : 0);
  return start + text.slice(start, end).trimEnd().length;
}

/** Where a pair's or item's value ends, and where its line's comment does. */
export function endOfItem(item: unknown): { value: number; node: number } | undefined {
  if (isPair(item)) {
    const key = item.key as Node | null;
    const colon = tokensBehindColon(item)?.colon ?? 0;
    const value = (item.value as Node | null)?.range;
    const [, keyEnd = 0] = key?.range ?? [];
    const least = Math.max(colon, keyEnd);
    return { value: Math.max(least, value?.[1] ?? 0), node: Math.max(least, value?.[2] ?? 0) };
  }
  const range = (item as Node | undefined)?.range;
  return range ? { value: range[1], node: range[2] } : undefined;
}

/** The beginning of the next line, or the end of the text. */
export function lineBehind(text: string, at: number): number {
  if (text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Where the colon ends, and whether something behind it must stay. */
function tokensBehindColon(pair: Pair): { colon: number; kept: boolean } | undefined {
  const tokens = pair.srcToken?.sep ?? [];
  const at = tokens.findIndex(({ type }) => type === 'map-value-ind');
  const colon = tokens[at];
  if (colon === undefined) return undefined;
  const kept = tokens.slice(at + 1).some(({ type }) => ['comment', 'anchor', 'tag'].includes(type));
  return { colon: colon.offset + colon.source.length, kept };
}
