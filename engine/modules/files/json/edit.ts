/** Sets and removes values of a JSON text; every byte outside of them stays. */
import { indexOf, pathText, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { FormatError, type DataFormat, type EditedData } from '../../shared/data/file.ts';
import { nested } from '../../shared/data/tree.ts';
import { parseJson, type JsonDocument, type JsonElement, type JsonNode } from './document.ts';
import { inserted } from './insert.ts';
import { removed } from './remove.ts';
import { withRange, written } from './text.ts';

export const jsonFormat: DataFormat = {
  name: 'JSON',
  get: (text, path) => (isBlank(text) ? undefined : find(parseJson(text).root, path)?.value),
  set: setJson,
  remove: removeJson,
};

const isBlank = (text: string): boolean => text.trim() === '';

function child(node: JsonNode, part: string | number): JsonElement | undefined {
  if (node.kind === 'object') return node.elements.findLast(({ key }) => key === String(part));
  const index = indexOf(part);
  return index === undefined ? undefined : node.elements[index];
}

function find(root: JsonNode, path: DataPath): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>((node, part) => node && child(node, part)?.node, root);
}

function setJson(text: string, path: DataPath, value: PlainData): EditedData {
  if (isBlank(text)) return { text: `${JSON.stringify(nested(path, value), null, 2)}\n` };
  const document = parseJson(text);
  const notes = repeated(text, document, path);
  return { text: withValue(text, document, path, value), ...(notes.length > 0 && { notes }) };
}

function withValue(text: string, document: JsonDocument, path: DataPath, value: PlainData): string {
  let node = document.root;
  for (const [depth, part] of path.entries()) {
    const next = child(node, part)?.node;
    const rest = path.slice(depth + 1);
    // What is null has nothing in it yet.
    if (next !== undefined && (rest.length === 0 || next.value === null)) {
      return withRange(text, next, written(text, nested(rest, value), next.start));
    }
    if (next === undefined) {
      refusePlace(node, path, depth);
      return inserted(text, document, node, part, nested(rest, value));
    }
    node = next;
  }
  return text;
}

function refusePlace(node: JsonNode, path: DataPath, depth: number): void {
  const part = path[depth] ?? '';
  const where = depth === 0 ? 'the document' : pathText(path.slice(0, depth));
  const { length } = node.elements;
  if (node.kind === 'scalar')
    throw new FormatError(`${where} is no object`, { offset: node.start });
  if (node.kind === 'list' && indexOf(part) !== length) {
    throw new FormatError(`${where} is a list of ${length}: it has no place ${part}`, {
      offset: node.start,
      hint: `${length} appends to it`,
    });
  }
}

/** Items of lists are never removed: the next one would stand at the path. */
function removeJson(text: string, path: DataPath): EditedData {
  const document = parseJson(text);
  const parent = find(document.root, path.slice(0, -1));
  const key = String(path.at(-1));
  const at = parent?.elements.findLastIndex((each) => each.key === key) ?? -1;
  if (parent === undefined || at === -1) return { text };
  // An object that says a key twice loses both.
  return removeJson(removed(text, document, parent, at), path);
}

/** Keys on the way that their object has several times: which one is meant is said. */
function repeated(text: string, { root }: JsonDocument, path: DataPath): readonly string[] {
  return path.flatMap((part, depth) => {
    const parent = find(root, path.slice(0, depth));
    if (parent?.kind !== 'object') return [];
    const same = parent.elements.filter(({ key }) => key === String(part));
    if (same.length < 2) return [];
    const lines = same.map(({ start }) => text.slice(0, start).split('\n').length);
    return [
      `${pathText(path.slice(0, depth + 1))} stands on lines ${lines.join(', ')}: the last counts`,
    ];
  });
}
