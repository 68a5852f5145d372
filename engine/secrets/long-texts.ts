/**
 * Finds long texts, and any part of one that holds one of its blocks whole: 63 characters of it do.
 * A match grows to both sides as far as the texts agree, and of what it covers only the ends are
 * looked at again, so the cost is linear in the text that is searched, whatever is looked for.
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
    /** What was found last, and where the one before it ends. */
    let [from, to, before] = [0, 0, 0];
    eachLikelyWindow(text, size, this.#filter, (at, hash) => {
      // Within what was found only its ends can grow: what is in a secret twice goes on in two ways.
      const isFresh = at >= to;
      const leftward = isFresh || at - size < from;
      const rightward = at + 2 * size > to;
      if (!leftward && !rightward) return;
      const until = isFresh ? to : before;
      for (const block of this.#blocksOf(hash)) {
        if (!agree(text, at, block.text, block.offset)) continue;
        const start = leftward ? growLeft(text, at, block, until) : at;
        const end = rightward ? growRight(text, at + size, block) : at + size;
        into.add(start, end);
        if (start > to) [from, before, to] = [start, to, end];
        else [from, to] = [Math.min(from, start), Math.max(to, end)];
      }
    });
  }

  #blocksOf(hash: number): readonly Block[] {
    const known = this.#blocks.get(hash) ?? [];
    return Array.isArray(known) ? known : [known];
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
  for (let mine = offset; from > until; from--, mine--)
    if (text.charCodeAt(from - 1) !== other.charCodeAt(mine - 1)) break;
  return from;
}

function growRight(text: string, end: number, { text: other, offset }: Block): number {
  let to = end;
  // Behind the end of either stands NaN, which equals nothing.
  for (let mine = offset + size; text.charCodeAt(to) === other.charCodeAt(mine); mine++) to++;
  return to;
}
