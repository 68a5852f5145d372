/** Finds texts of up to 63 characters wherever they stand. */
import type { Ranges } from './ranges.ts';
import { eachLikelyWindow, hashOf, HashFilter } from './rolling-hash.ts';

/** Texts of this length and more are found by their blocks. */
export const longest = 63;

interface SameStart {
  /** Longest first. */
  lengths: number[];
  readonly texts: Set<string>;
}

/** Texts whose windows have one size. */
class Class {
  readonly size: number;
  readonly #filter = new HashFilter();
  readonly #byStart = new Map<string, SameStart>();

  constructor(size: number) {
    this.size = size;
  }

  get isEmpty(): boolean {
    return this.#byStart.size === 0;
  }

  add(text: string): void {
    const start = text.slice(0, this.size);
    let same = this.#byStart.get(start);
    if (!same) {
      this.#byStart.set(start, (same = { lengths: [], texts: new Set() }));
      this.#filter.add(hashOf(start, 0, this.size));
    }
    same.texts.add(text);
    if (!same.lengths.includes(text.length))
      same.lengths = [...same.lengths, text.length].toSorted((one, other) => other - one);
  }

  find(text: string, accept: (from: number, to: number) => boolean, into: Ranges): void {
    eachLikelyWindow(text, this.size, this.#filter, (at) => {
      const same = this.#byStart.get(text.slice(at, at + this.size));
      // At most one look for each length, however many texts begin alike.
      for (const length of same?.lengths ?? []) {
        const end = at + length;
        if (end > text.length || !same?.texts.has(text.slice(at, end)) || !accept(at, end))
          continue;
        into.add(at, end);
        return;
      }
    });
  }
}

export class WholeTexts {
  readonly #classes = [1, 4, 8, 16, 32].map((size) => new Class(size));

  /** @param text of 1 to 63 characters */
  add(text: string): void {
    this.#classes.findLast(({ size }) => size <= text.length)?.add(text);
  }

  /** @param accept whether a text that stands there counts */
  find(text: string, accept: (from: number, to: number) => boolean, into: Ranges): void {
    for (const each of this.#classes) if (!each.isEmpty) each.find(text, accept, into);
  }
}
