/** Values of TOML: read with their ranges, and written. */
import type { PlainData } from '../../shared/data/argument.ts';
import { FormatError } from '../../shared/data/file.ts';

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

/** Reads one value after another out of a text. */
export class TomlReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(why: string, at = this.at): never {
    throw new FormatError(why, { offset: at });
  }

  /** Takes what the sticky pattern matches here. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  blanks(): void {
    this.take(/[ \t]*/y);
  }

  /** Blanks, ends of lines and comments, as lists may have them. */
  #space(): void {
    this.take(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }

  /** Parts of a key: `a.b."c.d"`. */
  key(): readonly string[] {
    const parts: string[] = [];
    for (;;) {
      this.blanks();
      const start = this.at;
      const bare = this.take(/[A-Za-z0-9_-]+/y);
      const sign = this.text[start];
      if (bare !== undefined) parts.push(bare);
      else if (sign === '"' || sign === "'") parts.push(this.#string());
      else this.fail('a key is missing');
      this.blanks();
      if (this.text[this.at] !== '.') return parts;
      this.at += 1;
    }
  }

  value(): TomlNode {
    const start = this.at;
    const sign = this.text[start];
    if (sign === '[') return this.#list(start);
    if (sign === '{') return this.#inlineTable(start);
    const value = sign === '"' || sign === "'" ? this.#string() : this.#plain();
    return { start, end: this.at, value };
  }

  #list(start: number): TomlNode {
    const items: TomlNode[] = [];
    this.at += 1;
    for (this.#space(); this.text[this.at] !== ']'; this.#space()) {
      items.push(this.value());
      this.#space();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== ']') this.fail('a comma or ] is missing');
    }
    this.at += 1;
    return { start, end: this.at, value: items.map(({ value }) => value), items };
  }

  #inlineTable(start: number): TomlNode {
    const members: TomlMember[] = [];
    this.at += 1;
    for (this.#space(); this.text[this.at] !== '}'; this.#space()) {
      const from = this.at;
      const key = this.key();
      if (this.text[this.at] !== '=') this.fail('= is missing');
      this.at += 1;
      this.#space();
      members.push({ key, start: from, node: this.value() });
      this.#space();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== '}') this.fail('a comma or } is missing');
    }
    this.at += 1;
    const value = {};
    for (const { key, node } of members) assign(value, key, node.value);
    return { start, end: this.at, value, members };
  }

  #string(): string {
    const start = this.at;
    const literal = this.take(/'''\r?\n?(?:(?!''')[^])*'{3,5}|'[^'\n]*'/y);
    if (literal !== undefined) return unquoted(literal, literal.startsWith("'''"));
    const basic = this.take(/"""\r?\n?(?:\\[^]|(?!""")[^\\])*"{3,5}|"(?:\\.|[^"\\\n])*"/y);
    if (basic === undefined) this.fail('the text does not end');
    const text = unquoted(basic, basic.startsWith('"""'));
    return text.replaceAll(
      /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfre"\\])|([ \t]*\r?\n\s*)|)/g,
      (_, short?: string, long?: string, sign?: string, folded?: string) => {
        const code = short ?? long;
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
        if (folded !== undefined) return '';
        return escapes[sign ?? ''] ?? this.fail('an escape that TOML does not know', start);
      },
    );
  }

  #plain(): unknown {
    const start = this.at;
    const word = this.take(/[\w+.:-]+(?:[ ]\d\d:[\w.:+-]+)?/y)?.replace(/\.$/, '');
    if (word === 'true' || word === 'false') return word === 'true';
    if (word !== undefined && /^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(word)) return new TomlDate(word);
    const special = /^([+-]?)(inf|nan)$/.exec(word ?? '');
    if (special) return Number(`${special[1]}${special[2] === 'inf' ? 'Infinity' : 'NaN'}`);
    const digits = word?.replaceAll(/(?<=\w)_(?=\w)/g, '') ?? '';
    if (/^0[xob][0-9A-Fa-f]+$/.test(digits)) return exact(digits, Number(digits));
    if (/^[+-]?\d+$/.test(digits)) return exact(digits, Number(digits));
    if (/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(digits)) return Number(digits);
    return this.fail(word === undefined ? 'a value is missing' : `${word} is no value`, start);
  }
}

/** A number that JavaScript cannot hold is compared by its digits. */
const exact = (digits: string, number: number): unknown =>
  Number.isSafeInteger(number) ? number : BigInt(digits.replace(/^\+/, ''));

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001B',
  '"': '"',
  '\\': '\\',
};

const unquoted = (text: string, long: boolean): string =>
  long ? text.slice(3, -3).replace(/^\r?\n/, '') : text.slice(1, -1);

/** Sets a dotted key of a table that is being read. */
export function assign(table: object, key: readonly string[], value: unknown): void {
  let at = table as Record<string, unknown>;
  for (const part of key.slice(0, -1)) at = inner(at, part);
  Object.defineProperty(at, key.at(-1) ?? '', { ...own, value });
}

const own = { enumerable: true, writable: true, configurable: true };

function inner(table: Record<string, unknown>, part: string): Record<string, unknown> {
  const found = Object.hasOwn(table, part) ? table[part] : undefined;
  if (typeof found === 'object' && found !== null) return found as Record<string, unknown>;
  const value = {};
  Object.defineProperty(table, part, { ...own, value });
  return value;
}

/** A key as TOML writes it, in quotes where it must be. */
export const tomlKey = (key: string | number): string =>
  /^[A-Za-z0-9_-]+$/.test(String(key)) ? String(key) : tomlText(String(key));

/** JSON's escapes are TOML's, but for DEL. */
const tomlText = (text: string): string => JSON.stringify(text).replaceAll('\u007F', '\\u007F');

/** @throws FormatError for null, which TOML does not have */
export function tomlValue(value: PlainData): string {
  if (value === null) throw new FormatError('TOML has no null', { hint: "use state: 'absent'" });
  if (typeof value === 'string') return tomlText(value);
  if (typeof value === 'number') return tomlNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return `[${value.map((each: PlainData) => tomlValue(each)).join(', ')}]`;
  }
  const members = Object.entries(value).map(
    ([key, each]) => `${tomlKey(key)} = ${tomlValue(each)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function tomlNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? value.toExponential().replace('+', '')
    : String(value).replace('e+', 'e');
}
