/** A text without its line breaks, for finding what a program folded (`base64` does at 76). */
import type { Ranges } from './ranges.ts';

/** Also the breaks of a text that stands in JSON. */
const breaks = /\r?\n|(?:\\{1,2}r)?\\{1,2}n/g;

/** A break that was left out; all that follow it moved left by `removed`. */
interface Seam {
  /** Position in the text without breaks. */
  readonly at: number;
  readonly removed: number;
}

export class Unfolded {
  readonly text: string;
  readonly #seams: readonly Seam[];

  constructor(folded: string) {
    const parts: string[] = [];
    const seams: Seam[] = [];
    let done = 0;
    let length = 0;
    for (const { 0: found, index } of folded.matchAll(breaks)) {
      let from = index;
      while (from > done && isBlank(folded, from - 1)) from--;
      let to = index + found.length;
      while (isBlank(folded, to)) to++;
      parts.push(folded.slice(done, from));
      length += from - done;
      done = to;
      seams.push({ at: length, removed: done - length });
    }
    parts.push(folded.slice(done));
    this.text = parts.join('');
    this.#seams = seams;
  }

  get isFolded(): boolean {
    return this.#seams.length > 0;
  }

  /** Adds where in the folded text a part stands that goes over a break: one range a line. */
  addFolded(from: number, to: number, into: Ranges): void {
    let index = this.#firstSeam(from + 1);
    if ((this.#seams[index]?.at ?? to) >= to) return;
    let start = from;
    for (;;) {
      const seam = this.#seams[index];
      const end = seam && seam.at < to ? seam.at : to;
      const moved = this.#seams[index - 1]?.removed ?? 0;
      if (end > start) into.add(start + moved, end + moved);
      if (end === to) return;
      start = end;
      index += 1;
    }
  }

  /** Index of the first seam at or behind a position. */
  #firstSeam(position: number): number {
    let low = 0;
    for (let high = this.#seams.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#seams[middle]?.at ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';
