/** Takes a key and its value out of a YAML text by ranges. */
import { isMap, type Document, type Node } from 'yaml';
import { follow } from './document.ts';
import { endOfItem, lineBehind, replacedAt } from './set.ts';
import type { DataPath } from '../../shared/data/argument.ts';

/** The text without it; undefined where ranges do not help. */
export function withoutPair(text: string, document: Document, path: DataPath): string | undefined {
  const parent = follow(document, path.slice(0, -1));
  const { pair } = follow(document, path);
  if (!isMap(parent.node) || pair === undefined || !parent.node.range) return undefined;
  const at = parent.node.items.indexOf(pair as never);
  const start = (pair.key as Node).range?.[0];
  const end = endOfItem(pair);
  if (start === undefined || end === undefined) return undefined;
  if (parent.node.items.length === 1) return emptied(text, parent, path);
  const next = parent.node.items[at + 1];
  const nextStart = (next?.key as Node | undefined)?.range?.[0];
  if (parent.node.flow) {
    if (nextStart !== undefined) return text.slice(0, start) + text.slice(nextStart);
    const before = endOfItem(parent.node.items[at - 1]);
    return before && text.slice(0, before.value) + text.slice(end.value);
  }
  const line = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(line, start).trim() === '') {
    return text.slice(0, line) + text.slice(lineBehind(text, end.node));
  }
  // The first key of an item of a list: its dash stays.
  return nextStart === undefined ? undefined : text.slice(0, start) + text.slice(nextStart);
}

/** A map that loses its only key is an empty one. */
function emptied(
  text: string,
  { node, pair, parent }: ReturnType<typeof follow>,
  path: DataPath,
): string | undefined {
  if (path.length > 1) return replacedAt(text, { node, pair, parent, value: {} });
  const [start, end] = node?.range ?? [0, 0];
  const rest = text.slice(start, end).endsWith('\n') ? '\n' : '';
  return `${text.slice(0, start)}{}${rest}${text.slice(end)}`;
}
