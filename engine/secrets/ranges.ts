/** Parts of a text that are found, in any order. */
export class Ranges {
  readonly #found: [from: number, to: number][] = [];

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  add(from: number, to: number): void {
    this.#found.push([from, to]);
  }

  /** In the order of the text; what touches or overlaps is one. */
  merged(): readonly (readonly [from: number, to: number])[] {
    const merged: [number, number][] = [];
    for (const [from, to] of this.#found.toSorted((one, other) => one[0] - other[0])) {
      const last = merged.at(-1);
      if (last && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    return merged;
  }

  /** The text with `instead` in place of each part. */
  replaceIn(text: string, instead: string): string {
    const parts: string[] = [];
    let done = 0;
    for (const [from, to] of this.merged()) {
      parts.push(text.slice(done, from), instead);
      done = to;
    }
    parts.push(text.slice(done));
    return parts.join('');
  }
}
