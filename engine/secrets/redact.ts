/**
 * Hides secrets in everything that people read. It is best effort by nature: it knows the forms in
 * which values usually travel, not what a program on a host makes of them.
 *
 * No pattern is built from the secrets: one that holds them all has a limit of size, takes minutes
 * to build for many, and stands in the error when it fails.
 */
import { dumpsIn, linesOf } from './dumps.ts';
import { Unfolded } from './folded.ts';
import { formsOf } from './forms.ts';
import { LongTexts } from './long-texts.ts';
import { Ranges } from './ranges.ts';
import { isSecret, knownPlainTexts, reveal, type Secret } from './secret.ts';
import { isPlainWord, shortestPart, wordsOf } from './traces.ts';
import { longest, WholeTexts } from './whole-texts.ts';

/** What stands for a secret in reports. */
export const hidden = '***';
/** Parts of folded texts that are shorter may stand there by chance. */
const shortestFolded = 12;

export class Redactor {
  readonly #known = new Set<string>();
  readonly #whole = new WholeTexts();
  /** Words and small numbers that our own sentences use. */
  readonly #ordinary = new WholeTexts();
  readonly #long = new LongTexts();
  readonly #source: () => Iterable<string>;
  #taken = 0;

  /** @param source all secrets so far, oldest first; asked before each use */
  constructor(source: () => Iterable<string> = knownPlainTexts) {
    this.#source = source;
  }

  /** Hides this value from now on: a Secret, or a text that turned out to be one. */
  add(value: Secret | string): void {
    const plain = isSecret(value) ? reveal(value) : value;
    for (const form of formsOf(plain)) this.#know(form, isOrdinary(form));
    for (const word of wordsOf(plain))
      for (const form of formsOf(word)) this.#know(form, isPlainWord(form));
  }

  #know(form: string, ordinary: boolean): void {
    if (this.#known.has(form)) return;
    this.#known.add(form);
    if (form.length > longest) this.#long.add(form);
    else if (ordinary) this.#ordinary.add(form);
    else this.#whole.add(form);
  }

  /** The text with every known form of every secret replaced. */
  text(text: string): string {
    return this.#replace(text, true);
  }

  /**
   * A sentence of our own, with values in it: a secret that is a plain word or a small number of
   * fewer than eight characters is left, since to hide `changed` in our words would tell it.
   */
  sentence(text: string): string {
    return this.#replace(text, false);
  }

  /** Whether the text holds a secret in any known form. */
  finds(text: string): boolean {
    return !this.#search(text, true).isEmpty;
  }

  /**
   * Plain data in which every text is clean; Secrets and bytes are never copied. What needs no
   * cleaning is passed on as it is.
   * @param clean what cleans a text: `text`, or `sentence` where the texts are our own
   */
  data(value: unknown, clean: 'text' | 'sentence' = 'text'): unknown {
    if (typeof value === 'string') return this[clean](value);
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'bigint' ? String(value) : value;
    }
    if (isSecret(value)) return hidden;
    if (value instanceof Uint8Array) return `(${value.length} bytes)`;
    if (value instanceof Map) return this.data(Object.fromEntries(value), clean);
    if (value instanceof Set) return Array.from(value, (item) => this.data(item, clean));
    if (value instanceof Date) return value.toISOString();
    return Array.isArray(value) ? this.#list(value, clean) : this.#record(value, clean);
  }

  #list(list: readonly unknown[], clean: 'text' | 'sentence'): readonly unknown[] {
    const cleaned = this.#lines(list, clean) ?? list.map((item) => this.data(item, clean));
    return cleaned.some((item, index) => item !== list[index]) ? cleaned : list;
  }

  /** Lines of one text, where a secret goes over the end of one: no line shows it by itself. */
  #lines(list: readonly unknown[], clean: 'text' | 'sentence'): readonly string[] | undefined {
    if (list.length < 2 || !list.every((item) => typeof item === 'string')) return undefined;
    const text = list.join('\n');
    const cleaned = this[clean](text);
    return cleaned === text ? undefined : cleaned.split('\n');
  }

  #record(record: object, clean: 'text' | 'sentence'): object {
    const entries = Object.entries(record);
    let isSame = true;
    for (const entry of entries) {
      const [key, item] = entry;
      entry[0] = this.sentence(key);
      entry[1] = this.data(item, clean);
      if (entry[0] !== key || entry[1] !== item) isSame = false;
    }
    return isSame ? record : Object.fromEntries(entries);
  }

  #replace(text: string, all: boolean): string {
    const found = this.#search(text, all);
    return found.isEmpty ? text : found.replaceIn(text, hidden);
  }

  #search(text: string, all: boolean): Ranges {
    this.#take();
    const found = new Ranges();
    if (this.#known.size === 0) return found;
    this.#find(text, found);
    if (all) this.#ordinary.find(text, (from, to) => counts(text, from, to), found);
    this.#searchDumps(text, found);
    const unfolded = new Unfolded(text);
    if (!unfolded.isFolded) return found;
    const parts = new Ranges();
    this.#find(unfolded.text, parts, shortestFolded);
    for (const [from, to] of parts.merged()) unfolded.addFolded(from, to, found);
    return found;
  }

  /** Of a dump the lines that show a secret: a part of it stands on each, in two columns. */
  #searchDumps(text: string, into: Ranges): void {
    for (const dump of dumpsIn(text))
      for (const [which, dumped] of dump.texts.entries()) {
        const parts = new Ranges();
        this.#find(dumped, parts);
        for (const line of linesOf(dump, which, parts.merged())) into.add(line.from, line.to);
      }
  }

  #find(text: string, into: Ranges, atLeast = 0): void {
    const accept = (from: number, to: number): boolean =>
      to - from >= atLeast && counts(text, from, to);
    this.#whole.find(text, accept, into);
    if (!this.#long.isEmpty) this.#long.find(text, into);
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

const isOrdinary = (form: string): boolean => /^(?:[a-z]{1,7}|\d{1,7})$/.test(form);

/** Very short texts count as whole words only. */
function counts(text: string, from: number, to: number): boolean {
  if (to - from >= shortestPart) return true;
  return !isWord(text[from - 1]) && !isWord(text[to]);
}

const isWord = (character: string | undefined): boolean =>
  character !== undefined && /\w/.test(character);
