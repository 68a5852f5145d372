/** Where a new key of a TOML text goes: behind its neighbours, else under a new header. */
import { isDeepStrictEqual } from 'node:util';
import { pathText, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { FormatError } from '../../shared/data/file.ts';
import { getIn } from '../../shared/data/tree.ts';
import type { TomlDocument, TomlTable } from './document.ts';
import { tomlKey, tomlValue } from './values.ts';

export function insertedKey(
  text: string,
  document: TomlDocument,
  path: DataPath,
  value: PlainData,
): string {
  const parent = path.slice(0, -1);
  const list = path.findIndex(
    (part, depth) =>
      typeof part !== 'number' && Array.isArray(getIn(document.data, path.slice(0, depth))),
  );
  if (list >= 0) throw new FormatError(`${pathText(path.slice(0, list))} is a list`);
  const table = document.tables.find((each) => isDeepStrictEqual(each.path, parent));
  if (table) return intoTable(text, document, table, path, value);
  const dotted = document.tables.find(({ path: of, entries }) =>
    entries.some(
      (entry) => entry.path.length > parent.length && startsWith(entry.path, parent, of),
    ),
  );
  if (dotted) return intoTable(text, document, dotted, path, value);
  return underHeader(text, document, path, value);
}

/** Whether an entry's dotted key leads through the parent. */
const startsWith = (path: DataPath, parent: DataPath, table: DataPath): boolean =>
  parent.length > table.length && isDeepStrictEqual(path.slice(0, parent.length), parent);

function intoTable(
  text: string,
  document: TomlDocument,
  table: TomlTable,
  path: DataPath,
  value: PlainData,
): string {
  const parent = path.slice(0, -1);
  const near = table.entries.filter(({ path: of }) =>
    isDeepStrictEqual(of.slice(0, parent.length), parent),
  );
  const last = near.at(-1) ?? table.entries.at(-1);
  const key = path.slice(table.path.length).map(tomlKey).join('.');
  const line = `${last?.indent ?? table.indent}${key} = ${tomlValue(value)}`;
  if (last) return withLine(text, last.end, line);
  if (table.headerEnd > 0) return withLine(text, table.headerEnd, line);
  // The first key of the root stands before the first header and the comment above that.
  const first = document.tables[1];
  if (first === undefined) return withLine(text, text.length, line);
  const at = above(text, first.start);
  return `${text.slice(0, at)}${line}${endOf(text)}${endOf(text)}${text.slice(at)}`;
}

/** The beginning of the comment lines right above. */
function above(text: string, start: number): number {
  let at = start;
  for (;;) {
    const before = text.lastIndexOf('\n', at - 2) + 1;
    if (at === 0 || !text.slice(before, at).trim().startsWith('#')) return at;
    at = before;
  }
}

function underHeader(
  text: string,
  document: TomlDocument,
  path: DataPath,
  value: PlainData,
): string {
  const parent = path.slice(0, -1);
  const lists = parent.flatMap((part, index) => (typeof part === 'number' ? [index] : []));
  const fresh = lists.find(
    (index) => getIn(document.data, parent.slice(0, index + 1)) === undefined,
  );
  if (fresh !== undefined) refuseHole(document, parent, fresh);
  const names = parent.filter((part) => typeof part === 'string').map(tomlKey);
  const isList = fresh === parent.length - 1;
  if (fresh !== undefined && !isList) {
    throw new FormatError(`${pathText(parent.slice(0, fresh + 1))} is not there`, {
      hint: 'set a plain key of the new item first',
    });
  }
  const header = isList ? `[[${names.join('.')}]]` : `[${names.join('.')}]`;
  const end = endOf(text);
  const at = placeOfHeader(text, document, parent);
  const body = `${header}${end}${tomlKey(path.at(-1) ?? '')} = ${tomlValue(value)}${end}`;
  const before = text.slice(0, at);
  const lead = before.trim() === '' ? '' : before.endsWith('\n') ? end : end + end;
  const tail = text.slice(at);
  return before + lead + body + (tail === '' || /^\s*\n/.test(tail) ? '' : end) + tail;
}

function refuseHole(document: TomlDocument, parent: DataPath, at: number): void {
  const list: unknown = getIn(document.data, parent.slice(0, at));
  const length = Array.isArray(list) ? list.length : 0;
  if (parent[at] === length) return;
  throw new FormatError(
    `${pathText(parent.slice(0, at))} is a list of ${length}: it has no place ${String(parent[at])}`,
  );
}

/** Behind the last table that is below the nearest one on the way; the end of the text without. */
function placeOfHeader(text: string, document: TomlDocument, parent: DataPath): number {
  for (let depth = parent.length; depth > 0; depth -= 1) {
    const prefix = parent.slice(0, depth);
    const below = document.tables.filter(
      ({ path, headerEnd }) => headerEnd > 0 && isDeepStrictEqual(path.slice(0, depth), prefix),
    );
    const last = below.at(-1);
    if (last) return last.entries.at(-1)?.end ?? last.headerEnd;
  }
  return text.length;
}

function withLine(text: string, at: number, line: string): string {
  const before = text.slice(0, at);
  if (before === '' || before.endsWith('\n')) {
    return `${before}${line}${endOf(text)}${text.slice(at)}`;
  }
  return `${before}${endOf(text)}${line}`;
}

const endOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
