/** A YAML text as nodes with ranges, and the same data as plain values. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Document,
  parseAllDocuments,
  stringify,
  type Node,
  type Pair,
} from 'yaml';
import { indexOf, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { FormatError } from '../../shared/data/file.ts';

/** `compat` quotes what readers of YAML 1.1 would not take for a text: yes, on, 1:30. */
const options = { keepSourceTokens: true, compat: 'yaml-1.1' } as const;

export interface YamlText {
  readonly document: Document;
  /** How many documents the text has. */
  readonly count: number;
}

/** @throws FormatError with the offset of what is no YAML */
export function parseYaml(text: string, index: number): YamlText {
  const parsed = parseAllDocuments(text, options);
  const documents: readonly Document[] = parsed.length === 0 ? [new Document()] : [...parsed];
  for (const document of documents) {
    const [error] = document.errors;
    if (error === undefined) continue;
    const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:$/, '') ?? '';
    throw new FormatError(message, { offset: error.pos[0] });
  }
  const document = documents[index];
  if (document === undefined) {
    throw new FormatError(`it has ${documents.length} documents: there is none at ${index}`);
  }
  return { document, count: documents.length };
}

export interface Found {
  readonly node: Node | undefined;
  /** What holds the node: a pair of a map, or undefined for an item or the document. */
  readonly pair: Pair | undefined;
  /** Parts of the path that were found. */
  readonly depth: number;
  /** The last collection on the way. */
  readonly parent: Node | undefined;
}

/** Follows the path as far as there is something. @throws FormatError at an alias */
export function follow(document: Document, path: DataPath): Found {
  let node = document.contents ?? undefined;
  let pair: Pair | undefined;
  let parent: Node | undefined;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) throw aliasError(node);
    const next = childOf(node, part);
    if (next === undefined) return { node, pair, depth, parent };
    parent = node;
    pair = next.pair;
    node = next.node;
  }
  return { node, pair, depth: path.length, parent };
}

const aliasError = (node: Node): FormatError =>
  new FormatError('the path leads through an alias: its value is used elsewhere too', {
    ...(node.range && { offset: node.range[0] }),
  });

function childOf(
  node: Node | undefined,
  part: string | number,
): { node: Node | undefined; pair: Pair | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    if (pair === undefined) return undefined;
    return { node: (pair.value ?? undefined) as Node | undefined, pair: pair as Pair };
  }
  const index = indexOf(part);
  if (!isSeq(node) || index === undefined || index >= node.items.length) return undefined;
  return { node: node.items[index] as Node, pair: undefined };
}

/** The node's data; undefined where there is none. */
export function valueOf(document: Document, node: Node | undefined): unknown {
  return node === undefined ? null : node.toJS(document, { maxAliasCount: 1000 });
}

/** Whether nothing is within yet: null, or an empty object. */
export const isVoid = (node: Node | undefined): boolean =>
  node === undefined ||
  (isScalar(node) && node.value === null) ||
  (isMap(node) && node.items.length === 0);

/** How a text is indented. */
export interface YamlStyle {
  readonly step: number;
  /** Whether lists stand further to the right than their keys. */
  readonly indentSeq: boolean;
}

export function styleOf(text: string): YamlStyle {
  const nested = /^( *)(?:[^\s#-][^\n]*|- [^\n]*):[ \t]*\r?\n(\1 +)(?=[^\s#-])/m.exec(text);
  const step = nested ? (nested[2]?.length ?? 2) - (nested[1]?.length ?? 0) : 2;
  const flush = /^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(text);
  return { step: step < 1 || step > 8 ? 2 : step, indentSeq: !flush };
}

/** Lines of a value as the whole of a document, without the last line feed. */
export const blockText = (value: PlainData, { step, indentSeq }: YamlStyle): string =>
  stringify(value, { compat: options.compat, lineWidth: 0, indent: step, indentSeq }).replace(
    /\n$/,
    '',
  );

/** The value on one line. */
export function flowText(value: PlainData): string {
  const text = stringify(value, {
    compat: options.compat,
    lineWidth: 0,
    collectionStyle: 'flow',
    blockQuote: false,
    flowCollectionPadding: true,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  }).trim();
  return text.includes('\n') ? JSON.stringify(value) : text;
}
