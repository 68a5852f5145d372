/** A TOML text as tables and entries with their lines. */
import { FormatError } from '../../shared/data/file.ts';
import { assign, TomlReader, type TomlNode } from './values.ts';

export type TomlPath = readonly (string | number)[];

export interface TomlEntry {
  /** From the root of the document; items of `[[lists]]` are numbers. */
  readonly path: TomlPath;
  readonly node: TomlNode;
  /** Its whole lines, the last line feed included. */
  readonly start: number;
  readonly end: number;
  /** Blanks before its key. */
  readonly indent: string;
}

export interface TomlTable {
  readonly path: TomlPath;
  /** Its header's line; 0 and 0 for the root. */
  readonly start: number;
  readonly headerEnd: number;
  readonly indent: string;
  readonly entries: TomlEntry[];
}

export interface TomlDocument {
  /** The root first, then in the order of the text. */
  readonly tables: readonly TomlTable[];
  readonly data: unknown;
}

/** @throws FormatError with the offset of what is no TOML */
export function parseToml(text: string): TomlDocument {
  const reader = new TomlReader(text);
  if (text.startsWith('\uFEFF')) reader.at = 1;
  const tables: TomlTable[] = [{ path: [], start: 0, headerEnd: 0, indent: '', entries: [] }];
  const counts = new Map<string, number>();
  while (reader.at < text.length) {
    const start = reader.at;
    const indent = reader.take(/[ \t]*/y) ?? '';
    const sign = text[reader.at];
    if (sign === '[') tables.push(header(reader, start, indent, counts));
    else if (sign !== '#' && sign !== '\r' && sign !== '\n' && sign !== undefined) {
      const table = tables.at(-1);
      table?.entries.push(entry(reader, start, indent, table));
    }
    endLine(reader);
  }
  return { tables, data: dataOf(tables) };
}

function header(
  reader: TomlReader,
  start: number,
  indent: string,
  counts: Map<string, number>,
): TomlTable {
  const list = reader.take(/\[\[/y) !== undefined;
  if (!list) reader.at += 1;
  const names = reader.key();
  if (reader.take(list ? /\]\]/y : /\]/y) === undefined) reader.fail('] is missing');
  if (list) {
    const path = numbered(names.slice(0, -1), counts);
    const key = JSON.stringify([...path, names.at(-1)]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const path = numbered(names, counts);
  const headerEnd = lineEnd(reader.text, reader.at);
  return { path, start, headerEnd, indent, entries: [] };
}

/** Names of a header stand for the last item of each list on the way. */
function numbered(names: readonly string[], counts: ReadonlyMap<string, number>): TomlPath {
  const path: (string | number)[] = [];
  for (const name of names) {
    path.push(name);
    const count = counts.get(JSON.stringify(path));
    if (count !== undefined) path.push(count - 1);
  }
  return path;
}

function entry(reader: TomlReader, start: number, indent: string, table: TomlTable): TomlEntry {
  const key = reader.key();
  if (reader.text[reader.at] !== '=') reader.fail('= is missing');
  reader.at += 1;
  reader.blanks();
  const node = reader.value();
  const end = lineEnd(reader.text, reader.at);
  return { path: [...table.path, ...key], node, start, end, indent };
}

function endLine(reader: TomlReader): void {
  reader.take(/[ \t]*(?:#[^\n]*)?/y);
  if (reader.at >= reader.text.length) return;
  if (reader.take(/\r?\n/y) === undefined) reader.fail('the line should end here');
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

function dataOf(tables: readonly TomlTable[]): unknown {
  const root = {};
  for (const table of tables) {
    const at = tableAt(root, table.path);
    for (const { path, node } of table.entries) {
      assign(at, path.slice(table.path.length) as readonly string[], node.value);
    }
  }
  return root;
}

/** The object of a table, made where it is not there. */
function tableAt(root: object, path: TomlPath): object {
  let at: object = root;
  path.forEach((part, index) => {
    const holder = at as Record<string | number, unknown>;
    const found = Object.hasOwn(holder, part) ? holder[part] : undefined;
    if (found !== undefined && (typeof found !== 'object' || found === null)) {
      throw new FormatError(`${String(part)} is both a value and a table`);
    }
    const made = found ?? (typeof path[index + 1] === 'number' ? [] : {});
    if (found === undefined) {
      Object.defineProperty(holder, part, {
        value: made,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    at = made;
  });
  return at;
}
