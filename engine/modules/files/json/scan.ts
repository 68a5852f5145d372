/** A JSON text as a tree of ranges, so that an edit touches nothing but its own bytes. */
import { FormatError } from '../../shared/data/file.ts';

export interface JsonMember {
  readonly key: string;
  /** Where its key begins. */
  readonly start: number;
  readonly node: JsonNode;
}

export interface JsonNode {
  readonly start: number;
  readonly end: number;
  /** As `JSON.parse` gives it. */
  readonly value: unknown;
  /** Of an object, in the order of the text. */
  readonly members?: readonly JsonMember[];
  /** Of a list. */
  readonly items?: readonly JsonNode[];
}

const hint = 'only plain JSON is edited; where comments are allowed use lineInFile or copy';
/** Deeper nesting is no configuration. */
const deepest = 500;

/** @throws FormatError with the offset of what is no JSON */
export function scanJson(text: string): JsonNode {
  return new Scanner(text).document();
}

class Scanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    // A byte order mark stays where it is.
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    const node = this.#value();
    this.#blanks();
    if (this.#at < this.#text.length) this.#fail('more follows the JSON value');
    return node;
  }

  #value(): JsonNode {
    this.#blanks();
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{' || first === '[') {
      this.#depth += 1;
      if (this.#depth > deepest) this.#fail('it is nested too deeply');
      const node = first === '{' ? this.#object(start) : this.#list(start);
      this.#depth -= 1;
      return node;
    }
    const token = /"(?:[^"\\\n]|\\.)*"|[\w.+-]+/y;
    token.lastIndex = start;
    const found = token.exec(this.#text)?.[0];
    if (found === undefined) this.#fail(start === this.#text.length ? 'it ends early' : 'no value');
    try {
      const value: unknown = JSON.parse(found);
      this.#at += found.length;
      return { start, end: this.#at, value };
    } catch {
      return this.#fail(`${found.slice(0, 40)} is no JSON value`);
    }
  }

  #object(start: number): JsonNode {
    const members: JsonMember[] = [];
    this.#at += 1;
    for (let first = true; !this.#closes('}', first); first = false) {
      const key = this.#value();
      if (typeof key.value !== 'string') this.#fail('a key must be a text in quotes', key.start);
      this.#blanks();
      if (this.#text[this.#at] !== ':') this.#fail('a colon is missing');
      this.#at += 1;
      members.push({ key: key.value, start: key.start, node: this.#value() });
    }
    const value = Object.fromEntries(members.map(({ key, node }) => [key, node.value]));
    return { start, end: this.#at, value, members };
  }

  #list(start: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    for (let first = true; !this.#closes(']', first); first = false) items.push(this.#value());
    return { start, end: this.#at, value: items.map(({ value }) => value), items };
  }

  /** Takes the bracket, or the comma before a further element. */
  #closes(bracket: string, first: boolean): boolean {
    this.#blanks();
    const sign = this.#text[this.#at];
    if (sign === bracket) {
      this.#at += 1;
      return true;
    }
    if (first) return false;
    if (sign !== ',') this.#fail(`a comma or ${bracket} is missing`);
    this.#at += 1;
    this.#blanks();
    if (this.#text[this.#at] === bracket) this.#fail('nothing follows the comma');
    return false;
  }

  #blanks(): void {
    const blanks = /[ \t\r\n]*/y;
    blanks.lastIndex = this.#at;
    this.#at += blanks.exec(this.#text)?.[0].length ?? 0;
  }

  #fail(why: string, at = this.#at): never {
    const comment = /^(\/\/|\/\*|#)/.test(this.#text.slice(at));
    throw new FormatError(comment ? 'it has comments' : why, { offset: at, hint });
  }
}
