/** A JSON text, with comments or without, as a tree of ranges: an edit touches only its own bytes. */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { exactNumber } from '../../shared/data/exact.ts';
import { FormatError } from '../../shared/data/file.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A member of an object or an item of a list. */
export interface JsonElement {
  /** Undefined for items. */
  readonly key: string | undefined;
  /** Where its key or, in a list, its value begins. */
  readonly start: number;
  readonly node: JsonNode;
  /** Offset of the comma behind it; the last one may have one too. */
  readonly comma: number | undefined;
}

export interface JsonNode extends Range {
  /** As `JSON.parse` gives it; whole numbers that JavaScript lacks are bigints. */
  readonly value: unknown;
  readonly kind: 'object' | 'list' | 'scalar';
  /** In the order of the text. */
  readonly elements: readonly JsonElement[];
}

export interface JsonDocument {
  readonly root: JsonNode;
  readonly comments: readonly Range[];
}

/** Deeper nesting is no configuration. */
const deepest = 500;

/** @throws FormatError with the offset of what is no JSON */
export function parseJson(text: string): JsonDocument {
  const builder = new Builder();
  const comments: Range[] = [];
  // A byte order mark stays where it is.
  const plain = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  visit(
    plain,
    {
      onObjectBegin: (at) => builder.open('object', at),
      onArrayBegin: (at) => builder.open('list', at),
      onObjectEnd: (at) => builder.close(at + 1),
      onArrayEnd: (at) => builder.close(at + 1),
      onObjectProperty: (key, at) => builder.key(key, at),
      onLiteralValue: (value: unknown, start, length) => {
        const end = start + length;
        const exact = typeof value === 'number' ? exactNumber(plain.slice(start, end)) : value;
        builder.add({ start, end, value: exact, kind: 'scalar', elements: [] });
      },
      onSeparator: (sign, at) => {
        if (sign === ',') builder.comma(at);
      },
      onComment: (start, length) => void comments.push({ start, end: start + length }),
      onError: (code, at, length) => {
        throw new FormatError(complaint(printParseErrorCode(code), plain.slice(at, at + length)), {
          offset: at,
        });
      },
    },
    { allowTrailingComma: true },
  );
  return { root: builder.root(), comments };
}

interface OpenNode {
  readonly kind: 'object' | 'list';
  readonly start: number;
  readonly elements: JsonElement[];
  key?: { readonly name: string; readonly at: number };
}

/** Puts the nodes together in the order in which the parser meets them. */
class Builder {
  readonly #open: OpenNode[] = [];
  #root: JsonNode | undefined;

  open(kind: OpenNode['kind'], start: number): void {
    if (this.#open.length === deepest) {
      throw new FormatError('it is nested too deeply', { offset: start });
    }
    this.#open.push({ kind, start, elements: [] });
  }

  key(name: string, at: number): void {
    const parent = this.#open.at(-1);
    if (parent) parent.key = { name, at };
  }

  add(node: JsonNode): void {
    const parent = this.#open.at(-1);
    if (!parent) {
      this.#root = node;
      return;
    }
    const key = parent.kind === 'object' ? parent.key : undefined;
    parent.elements.push({ key: key?.name, start: key?.at ?? node.start, node, comma: undefined });
  }

  comma(at: number): void {
    const elements = this.#open.at(-1)?.elements ?? [];
    const last = elements.at(-1);
    if (last) elements[elements.length - 1] = { ...last, comma: at };
  }

  close(end: number): void {
    const node = this.#open.pop();
    if (!node) return;
    const { kind, start, elements } = node;
    const values = elements.map((each) => each.node.value);
    const value =
      kind === 'list'
        ? values
        : Object.fromEntries(elements.map(({ key = '' }, index) => [key, values[index]]));
    this.add({ start, end, value, kind, elements });
  }

  root(): JsonNode {
    if (this.#root) return this.#root;
    throw new FormatError('it holds no value', { offset: 0 });
  }
}

function complaint(code: string, found: string): string {
  const sentence = sentences.get(code);
  if (sentence !== undefined) return sentence;
  return found === '' ? 'it ends early' : `${found.slice(0, 40)} is no JSON value`;
}

const sentences: ReadonlyMap<string, string> = new Map([
  ['PropertyNameExpected', 'a key must be a text in double quotes'],
  ['ColonExpected', 'a colon is missing'],
  ['CommaExpected', 'a comma is missing'],
  ['CloseBraceExpected', '} is missing'],
  ['CloseBracketExpected', '] is missing'],
  ['EndOfFileExpected', 'more follows the JSON value'],
  ['UnexpectedEndOfComment', 'the comment does not end'],
  ['UnexpectedEndOfString', 'the text does not end'],
  ['InvalidUnicode', 'an escape that JSON does not know'],
  ['InvalidEscapeCharacter', 'an escape that JSON does not know'],
  ['InvalidCharacter', 'a control character must be escaped'],
]);
