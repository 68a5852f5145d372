/**
 * Hides secrets in everything that people read. It is best effort by nature: it knows the forms in
 * which values usually travel, not what a program on a host makes of them.
 */
import { isSecret, knownPlainTexts, reveal, type Secret } from './secret.ts';

/** What stands for a secret in reports. */
export const hidden = '***';
/** Shorter values are hidden only as whole words, or nothing would stay readable. */
const shortest = 4;

export class Redactor {
  readonly #forms = new Set<string>();
  readonly #words = new Set<string>();
  #pattern: RegExp | undefined;
  readonly #source: () => Iterable<string>;
  #taken = 0;

  /** @param source all secrets so far, oldest first; asked before each use */
  constructor(source: () => Iterable<string> = knownPlainTexts) {
    this.#source = source;
  }

  /** Hides this value from now on: a Secret, or a text that turned out to be one. */
  add(value: Secret | string): void {
    const plain = isSecret(value) ? reveal(value) : value;
    for (const form of formsOf(plain)) {
      const set = form.length < shortest ? this.#words : this.#forms;
      if (set.has(form)) continue;
      set.add(form);
      this.#pattern = undefined;
    }
  }

  /** The text with every known form of every secret replaced. */
  text(text: string): string {
    const pattern = this.#current();
    return pattern ? text.replace(pattern, hidden) : text;
  }

  /** Whether the text holds a secret in any known form. */
  finds(text: string): boolean {
    const pattern = this.#current();
    return pattern !== undefined && text.search(pattern) >= 0;
  }

  /**
   * Plain data in which every text is clean; Secrets and bytes are never copied. What needs no
   * cleaning is passed on as it is.
   */
  data(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'bigint' ? String(value) : value;
    }
    if (isSecret(value)) return hidden;
    if (value instanceof Uint8Array) return `(${value.length} bytes)`;
    if (value instanceof Map) return this.data(Object.fromEntries(value));
    if (value instanceof Set) return Array.from(value, (item) => this.data(item));
    if (value instanceof Date) return value.toISOString();
    return Array.isArray(value) ? this.#list(value) : this.#record(value);
  }

  #list(list: readonly unknown[]): readonly unknown[] {
    const clean = list.map((item) => this.data(item));
    return clean.some((item, index) => item !== list[index]) ? clean : list;
  }

  #record(record: object): object {
    const entries = Object.entries(record);
    let isSame = true;
    for (const entry of entries) {
      const [key, item] = entry;
      entry[0] = this.text(key);
      entry[1] = this.data(item);
      if (entry[0] !== key || entry[1] !== item) isSame = false;
    }
    return isSame ? record : Object.fromEntries(entries);
  }

  #current(): RegExp | undefined {
    this.#take();
    if (this.#pattern === undefined && this.#forms.size + this.#words.size > 0) {
      this.#pattern = new RegExp(
        [
          ...[...this.#forms].toSorted(longestFirst).map(escape),
          ...[...this.#words]
            .toSorted(longestFirst)
            .map((word) => `(?<!\\w)${escape(word)}(?!\\w)`),
        ].join('|'),
        'g',
      );
    }
    return this.#pattern;
  }

  /** Takes what the source has got since the last time. */
  #take(): void {
    const all = this.#source();
    if (all instanceof Set && all.size === this.#taken) return;
    let index = 0;
    for (const value of all) {
      if (index++ < this.#taken) continue;
      this.add(value);
      this.#taken = index;
    }
  }
}

const longestFirst = (a: string, b: string): number => b.length - a.length;
const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function formsOf(plain: string): Set<string> {
  const forms = new Set<string>();
  const lines = plain.split(/\r?\n/).map((line) => line.trim());
  const whole = plain.trim();
  for (const text of [plain, whole]) if (text !== '') writtenForms(text).forEach(add, forms);
  if (lines.length > 1) {
    for (const line of lines) {
      if (line.length >= shortest) writtenForms(line).forEach(add, forms);
    }
  }
  return forms;
}

function add(this: Set<string>, form: string): void {
  this.add(form);
}

/** The text as it is, in JSON, in a URL, between single quotes of sh, and in base64. */
function writtenForms(text: string): string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    // A lone surrogate can't be in a URL.
    encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')),
    new URLSearchParams([['', text]]).toString().slice(1),
    text.replaceAll("'", "'\\''"),
    ...base64Forms(text),
  ];
}

/**
 * Base64 of the text alone, and what of it is seen when it is encoded as part of something longer
 * (`user:password`): one form for each of the three alignments, without the characters that its
 * neighbours decide.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const forms = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, '')];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = encoded.slice(from, to);
    if (inner.length >= 8) forms.push(inner);
  }
  return forms
    .filter((form) => form.length >= shortest)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
