/** Sets and removes values of a TOML text line by line; every other byte stays. */
import { isDeepStrictEqual } from 'node:util';
import { indexOf, pathText, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { FormatError, type DataFormat, type EditedData } from '../../shared/data/file.ts';
import { getIn, nested, removeIn, setIn } from '../../shared/data/tree.ts';
import { lineEnd, parseToml } from './document.ts';
import type { TomlDocument, TomlEntry, TomlNode } from './document.ts';
import { insertedKey } from './insert.ts';
import { tomlKey, tomlValue } from './values.ts';

export const tomlFormat: DataFormat = {
  name: 'TOML',
  get: (text, path) => getIn(parseToml(text).data, path),
  set(text, path, value) {
    const document = parseToml(text);
    const after = setToml(text, document, real(document, path), value);
    return sound(after, setIn(document.data, path, value), (data) => data);
  },
  remove(text, path) {
    const document = parseToml(text);
    const after = removeToml(text, document, real(document, path));
    // A table that was only named on the way is gone with what it held.
    return sound(after, removeIn(document.data, path), withoutVoid);
  },
};

function sound(text: string, wanted: unknown, seen: (data: unknown) => unknown): EditedData {
  if (isDeepStrictEqual(seen(parseToml(text).data), seen(wanted))) return { text };
  throw new FormatError('it cannot be edited safely');
}

function withoutVoid(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(withoutVoid);
  if (typeof data !== 'object' || data === null) return data;
  if (Object.getPrototypeOf(data) !== Object.prototype) return data;
  const entries = Object.entries(data).map(([key, value]) => [key, withoutVoid(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => !isDeepStrictEqual(value, {})));
}

/** The path with numbers where the document has lists. */
function real(document: TomlDocument, path: DataPath): DataPath {
  return path.map((part, depth) =>
    Array.isArray(getIn(document.data, path.slice(0, depth)))
      ? (indexOf(part) ?? part)
      : String(part),
  );
}

function setToml(text: string, document: TomlDocument, path: DataPath, value: PlainData): string {
  const holder = holderOf(document, path);
  if (holder) return setWithin(text, holder.node, path, holder.path.length, value);
  const now = getIn(document.data, path);
  if (now !== undefined) {
    throw new FormatError(`${pathText(path)} is a table of its own`, {
      hint: 'set its keys one by one',
    });
  }
  return insertedKey(text, document, path, value);
}

/** The entry that holds the path, whole or within its value. */
const holderOf = (document: TomlDocument, path: DataPath): TomlEntry | undefined =>
  document.tables
    .flatMap(({ entries }) => entries)
    .find((entry) => isDeepStrictEqual(entry.path, path.slice(0, entry.path.length)));

function setWithin(
  text: string,
  node: TomlNode,
  path: DataPath,
  depth: number,
  value: PlainData,
): string {
  const rest = path.slice(depth);
  const [part] = rest;
  if (part === undefined) return cut(text, node.start, node.end, tomlValue(value));
  if (node.items) {
    const item = node.items[indexOf(part) ?? -1];
    if (item) return setWithin(text, item, path, depth + 1, value);
    if (indexOf(part) !== node.items.length) {
      const where = pathText(path.slice(0, depth));
      throw new FormatError(`${where} is a list of ${node.items.length}: it has no place ${part}`, {
        offset: node.start,
      });
    }
    const last = node.items.at(-1);
    const added = tomlValue(nested(rest.slice(1), value));
    if (!last) return cut(text, node.start, node.end, `[${added}]`);
    const line = text.slice(text.lastIndexOf('\n', last.start) + 1, last.start);
    const between = line.trim() === '' ? `,\n${line}` : ', ';
    return cut(text, last.end, last.end, between + added);
  }
  if (!node.members) {
    const where = pathText(path.slice(0, depth));
    throw new FormatError(`${where} is no table`, { offset: node.start });
  }
  const inner = node.members.find(({ key }) => isDeepStrictEqual(key, rest.slice(0, key.length)));
  if (inner) return setWithin(text, inner.node, path, depth + inner.key.length, value);
  const key = rest.map(tomlKey).join('.');
  const last = node.members.at(-1);
  const member = `${key} = ${tomlValue(value)}`;
  if (!last) return cut(text, node.start, node.end, `{ ${member} }`);
  return cut(text, last.node.end, last.node.end, `, ${member}`);
}

const cut = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

function removeToml(text: string, document: TomlDocument, path: DataPath): string {
  const holder = holderOf(document, path);
  if (holder && holder.path.length < path.length) {
    return removeWithin(text, holder.node, path.slice(holder.path.length));
  }
  const isBelow = (of: readonly (string | number)[]) =>
    isDeepStrictEqual(of.slice(0, path.length), path);
  const ranges = document.tables.flatMap((table, index) => {
    if (table.headerEnd > 0 && isBelow(table.path)) {
      const next = document.tables[index + 1]?.start ?? text.length;
      const end = table.entries.at(-1)?.end ?? table.headerEnd;
      return [[table.start, endOfBlanks(text, end, next)] as const];
    }
    return table.entries
      .filter((entry) => isBelow(entry.path))
      .map(({ start, end }) => [start, end] as const);
  });
  return ranges.reduceRight((left, [from, to]) => cut(left, from, to, ''), text);
}

/** Blank lines behind a table go with it; comments stay. */
function endOfBlanks(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && text.slice(at, lineEnd(text, at)).trim() === '') at = lineEnd(text, at);
  return at;
}

function removeWithin(text: string, node: TomlNode, path: DataPath): string {
  const part = path[0] ?? '';
  const item = node.items?.[indexOf(part) ?? -1];
  if (item) return removeWithin(text, item, path.slice(1));
  const members = node.members ?? [];
  const at = members.findIndex(({ key }) => {
    const length = Math.min(key.length, path.length);
    return isDeepStrictEqual(key.slice(0, length), path.slice(0, length));
  });
  const found = members[at];
  if (found === undefined) return text;
  if (found.key.length < path.length) {
    return removeWithin(text, found.node, path.slice(found.key.length));
  }
  const [before, after] = [members[at - 1], members[at + 1]];
  if (after) return cut(text, found.start, after.start, '');
  if (before) return cut(text, before.node.end, found.node.end, '');
  return cut(text, node.start, node.end, '{}');
}
