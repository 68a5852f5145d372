/** Sets and removes values of a JSON text; every byte outside of them stays. */
import { FormatError, type DataFormat, type EditedData } from '../../shared/data/file.ts';
import { indexOf, pathText, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { nested } from '../../shared/data/tree.ts';
import { scanJson, type JsonNode } from './scan.ts';

export const jsonFormat: DataFormat = {
  name: 'JSON',
  get: (text, path) => (isBlank(text) ? undefined : find(scanJson(text), path)?.value),
  set: setJson,
  remove: removeJson,
};

const isBlank = (text: string): boolean => text.trim() === '';

function child(node: JsonNode, part: string | number): JsonNode | undefined {
  if (node.members) return node.members.findLast(({ key }) => key === String(part))?.node;
  const index = indexOf(part);
  return index === undefined ? undefined : node.items?.[index];
}

function find(root: JsonNode, path: DataPath): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, part) => node && child(node, part), root);
}

function setJson(text: string, path: DataPath, value: PlainData): EditedData {
  if (isBlank(text)) return { text: `${JSON.stringify(nested(path, value), null, 2)}\n` };
  let node = scanJson(text);
  for (const [depth, part] of path.entries()) {
    const next = child(node, part);
    const rest = path.slice(depth + 1);
    // What is null has nothing in it yet.
    if (next !== undefined && (rest.length === 0 || next.value === null)) {
      return { text: replaceRange(text, next, written(text, nested(rest, value), next.start)) };
    }
    if (next === undefined) return { text: insert(text, node, path, depth, nested(rest, value)) };
    node = next;
  }
  return { text };
}

const replaceRange = (text: string, { start, end }: JsonNode, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

function insert(
  text: string,
  node: JsonNode,
  path: DataPath,
  depth: number,
  value: PlainData,
): string {
  const part = path[depth] ?? '';
  const where = depth === 0 ? 'the document' : pathText(path.slice(0, depth));
  if (node.members === undefined && node.items === undefined) {
    throw new FormatError(`${where} is no object`, { offset: node.start });
  }
  if (node.items && indexOf(part) !== node.items.length) {
    throw new FormatError(`${where} is a list of ${node.items.length}: it has no place ${part}`, {
      offset: node.start,
      hint: `${node.items.length} appends to it`,
    });
  }
  const last = node.members?.at(-1)?.node ?? node.items?.at(-1);
  const first = node.members?.at(-1)?.start ?? node.items?.at(-1)?.start;
  const colon = /"\s*:\S/.test(text) ? ':' : ': ';
  const key = node.members ? `${JSON.stringify(String(part))}${colon}` : '';
  if (last === undefined || first === undefined) {
    if (!isTall(text)) return replaceRange(text, node, wrap(node, key + flat(text, value)));
    const base = indentAt(text, node.start);
    const inner = base + stepOf(text);
    const line = `${endOf(text)}${inner}${key}${tall(text, value, inner)}${endOf(text)}${base}`;
    return replaceRange(text, node, wrap(node, line));
  }
  const tallParent = text.slice(last.end, node.end).includes('\n');
  const between = tallParent ? `,${endOf(text)}${indentAt(text, first)}` : commaOf(text, node);
  const more = tallParent ? tall(text, value, indentAt(text, first)) : flat(text, value);
  return text.slice(0, last.end) + between + key + more + text.slice(last.end);
}

const wrap = (node: JsonNode, inner: string): string =>
  node.members ? `{${inner}}` : `[${inner}]`;

/** Items of lists are never removed: the next one would stand at the path. */
function removeJson(text: string, path: DataPath): EditedData {
  const parent = find(scanJson(text), path.slice(0, -1));
  const members = parent?.members ?? [];
  const at = members.findLastIndex(({ key }) => key === String(path.at(-1)));
  const gone = members[at];
  if (parent === undefined || gone === undefined) return { text };
  const [before, after] = [members[at - 1], members[at + 1]];
  const [from, to] = after
    ? [gone.start, after.start]
    : before
      ? [before.node.end, gone.node.end]
      : [parent.start + 1, parent.end - 1];
  // An object that says a key twice loses both.
  return removeJson(text.slice(0, from) + text.slice(to), path);
}

/** A value in the manner of the place where it goes. */
const written = (text: string, value: PlainData, at: number): string =>
  isTall(text) ? tall(text, value, indentAt(text, at)) : flat(text, value);

/** Whether the text has its elements on lines of their own. */
const isTall = (text: string): boolean => /[{[]\s*\n/.test(text) || /^[{[]\s*[}\]]\s*$/.test(text);

const tall = (text: string, value: PlainData, indent: string): string =>
  JSON.stringify(value, null, stepOf(text)).replaceAll('\n', `${endOf(text)}${indent}`);

const stepOf = (text: string): string => /[{[][ \t]*\r?\n([ \t]+)/.exec(text)?.[1] ?? '  ';

const endOf = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

/** On one line, with blanks where the text has them. */
function flat(text: string, value: PlainData): string {
  const blank = /"\s*:\S/.test(text) ? '' : ' ';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((each: PlainData) => flat(text, each)).join(`,${blank}`)}]`;
  }
  const members = Object.entries(value).map(
    ([key, each]) => `${JSON.stringify(key)}:${blank}${flat(text, each)}`,
  );
  return `{${members.join(`,${blank}`)}}`;
}

/** What stands between two elements on one line. */
function commaOf(text: string, node: JsonNode): string {
  const [one, two] = (node.members ?? node.items ?? []).map((each) =>
    'node' in each ? { start: each.start, end: each.node.end } : each,
  );
  if (one && two) return text.slice(one.end, two.start);
  return /"\s*:\S/.test(text) ? ',' : ', ';
}

/** The blanks at the beginning of the line of an offset. */
const indentAt = (text: string, at: number): string =>
  /[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))?.[0] ?? '';
