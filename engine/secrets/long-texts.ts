/**
 * Finds long texts, and any part of one that holds one of its blocks whole: 63 characters of it do.
 * A match grows to both sides as far as the texts agree, and what it covers is not looked at again,
 * so the cost is linear in the text that is searched, whatever is looked for.
 */
import type { Ranges } from './ranges.ts';
import { eachLikelyWindow, hashOf, HashFilter } from './rolling-hash.ts';

const size = 32;
/** Places of equal blocks that are remembered: PEM headers stand in every key. */
const mostAlike = 4;

interface Block {
  readonly text: string;
  readonly offset: number;
}

export class LongTexts {
  readonly #filter = new HashFilter();
  readonly #blocks = new Map<number, Block | Block[]>();

  get isEmpty(): boolean {
    return this.#blocks.size === 0;
  }

  /** @param text of 64 characters or more */
  add(text: string): void {
    for (let offset = 0; offset + size <= text.length; offset += size) this.#add({ text, offset });
    this.#add({ text, offset: text.length - size });
  }

  #add(block: Block): void {
    const hash = hashOf(block.text, block.offset, size);
    const known = this.#blocks.get(hash);
    if (known === undefined) {
      this.#blocks.set(hash, block);
      this.#filter.add(hash);
    } else if (!Array.isArray(known)) this.#blocks.set(hash, [known, block]);
    else if (known.length < mostAlike) known.push(block);
  }

  find(text: string, into: Ranges): void {
    let covered = 0;
    eachLikelyWindow(text, size, this.#filter, (at, hash) => {
      if (at + size <= covered) return;
      const known = this.#blocks.get(hash);
      if (known === undefined) return;
      for (const block of Array.isArray(known) ? known : [known]) {
        if (!agree(text, at, block.text, block.offset)) continue;
        const from = growLeft(text, at, block, covered);
        covered = Math.max(covered, growRight(text, at + size, block));
        into.add(from, covered);
      }
    });
  }
}

function agree(text: string, at: number, other: string, offset: number): boolean {
  for (let index = 0; index < size; index++)
    if (text.charCodeAt(at + index) !== other.charCodeAt(offset + index)) return false;
  return true;
}

/** Not further than `until`: what stands before it is covered. */
function growLeft(text: string, at: number, { text: other, offset }: Block, until: number): number {
  let from = at;
  for (let mine = offset; from > until && mine > 0; from--, mine--)
    if (text.charCodeAt(from - 1) !== other.charCodeAt(mine - 1)) break;
  return from;
}

function growRight(text: string, end: number, { text: other, offset }: Block): number {
  let to = end;
  for (let mine = offset + size; to < text.length && mine < other.length; to++, mine++)
    if (text.charCodeAt(to) !== other.charCodeAt(mine)) break;
  return to;
}
