/** A TOML text as tables and entries with their lines. */
import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import { exactNumber } from '../../shared/data/exact.ts';
import { FormatError } from '../../shared/data/file.ts';

export type TomlPath = readonly (string | number)[];

export interface TomlNode {
  readonly start: number;
  readonly end: number;
  /** Plain data; a date is a `TomlDate`. */
  readonly value: unknown;
  /** Of an inline table: its keys as they stand, dotted ones in parts. */
  readonly members?: readonly TomlMember[];
  readonly items?: readonly TomlNode[];
}

export interface TomlMember {
  readonly key: readonly string[];
  /** Where its key begins. */
  readonly start: number;
  readonly node: TomlNode;
}

/** A date or time as it is written: no JSON value is equal to it. */
export class TomlDate {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

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
  readonly entries: readonly TomlEntry[];
}

export interface TomlDocument {
  /** The root first, then in the order of the text. */
  readonly tables: readonly TomlTable[];
  readonly data: unknown;
}

let last: { readonly text: string; readonly document: TomlDocument } | undefined;

/**
 * An edit asks for one text several times, and several hosts for the same, so the last is kept.
 * @throws FormatError with the offset of what is no TOML
 */
export function parseToml(text: string): TomlDocument {
  if (last?.text !== text) last = { text, document: documentOf(text) };
  return last.document;
}

function documentOf(text: string): TomlDocument {
  const first = text.startsWith('\uFEFF') ? 1 : 0;
  const [top] = programOf(first === 0 ? text : ` ${text.slice(1)}`).body;
  const root: TomlEntry[] = [];
  const tables: TomlTable[] = [{ path: [], start: 0, headerEnd: 0, indent: '', entries: root }];
  for (const part of top.body) {
    if (part.type === 'TOMLKeyValue') root.push(entryOf(text, first, part, []));
    else tables.push(tableOf(text, first, part));
  }
  return { tables, data: dataOf(tables) };
}

function programOf(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) {
      throw new FormatError(complaint(error.message), { offset: error.index });
    }
    // The parser calls itself for each level.
    if (error instanceof RangeError) throw new FormatError('it is nested too deeply');
    throw error;
  }
}

/** Of the parser's sentences those that say too little. */
const complaint = (message: string): string =>
  sentences.get(message) ?? message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());

const sentences: ReadonlyMap<string, string> = new Map([
  ['Defining a key multiple times is invalid', 'this key or table stands above already'],
  ['Unspecified values are invalid', 'a value is missing'],
  ['Must be a newline', 'the line should end here'],
]);

function tableOf(text: string, first: number, table: AST.TOMLTable): TomlTable {
  const { start, indent } = lineOf(text, first, table.range[0]);
  return {
    path: table.resolvedKey,
    start,
    headerEnd: lineEnd(text, table.key.range[1]),
    indent,
    entries: table.body.map((each) => entryOf(text, first, each, table.resolvedKey)),
  };
}

function entryOf(
  text: string,
  first: number,
  { key, value }: AST.TOMLKeyValue,
  table: TomlPath,
): TomlEntry {
  const node = nodeOf(text, value);
  return {
    path: [...table, ...namesOf(key)],
    node,
    ...lineOf(text, first, key.range[0]),
    end: lineEnd(text, node.end),
  };
}

/** The line of an offset; a byte order mark belongs to none. */
function lineOf(text: string, first: number, at: number): { start: number; indent: string } {
  const start = Math.max(first, text.lastIndexOf('\n', at - 1) + 1);
  return { start, indent: text.slice(start, at) };
}

const namesOf = ({ keys }: AST.TOMLKey): readonly string[] =>
  keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));

function nodeOf(text: string, content: AST.TOMLContentNode): TomlNode {
  const [start, end] = content.range;
  if (content.type === 'TOMLArray') {
    const items = content.elements.map((each) => nodeOf(text, each));
    return { start, end, value: items.map(({ value }) => value), items };
  }
  if (content.type === 'TOMLInlineTable') {
    const members = content.body.map(({ key, value }) => ({
      key: namesOf(key),
      start: key.range[0],
      node: nodeOf(text, value),
    }));
    const value = {};
    for (const member of members) assign(value, member.key, member.node.value);
    return { start, end, value, members };
  }
  return { start, end, value: scalarOf(text, content) };
}

function scalarOf(text: string, value: AST.TOMLValue): unknown {
  if (value.kind === 'integer') return exactNumber(value.bigint.toString());
  if (value.kind === 'string' || value.kind === 'float' || value.kind === 'boolean') {
    return value.value;
  }
  return new TomlDate(text.slice(...value.range));
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
      assign(at, path.slice(table.path.length), node.value);
    }
  }
  return root;
}

/** The object of a table, made where it is not there. */
const tableAt = (root: object, path: TomlPath): object =>
  path.reduce<object>(
    (at, part, index) => inner(at, part, typeof path[index + 1] === 'number' ? [] : {}),
    root,
  );

/** Sets a dotted key of a table. */
function assign(table: object, key: TomlPath, value: unknown): void {
  const at = key.slice(0, -1).reduce<object>((holder, part) => inner(holder, part, {}), table);
  define(at, key.at(-1) ?? '', value);
}

/** What the holder has there, which the parser saw to be no plain value; else `made`. */
function inner(holder: object, part: string | number, made: object): object {
  const found: unknown = Object.getOwnPropertyDescriptor(holder, part)?.value;
  if (typeof found === 'object' && found !== null) return found;
  define(holder, part, made);
  return made;
}

/** A key may be `__proto__`. */
const define = (holder: object, part: string | number, value: unknown): void =>
  void Object.defineProperty(holder, part, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
