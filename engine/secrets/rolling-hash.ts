/** A hash of every window of a text in one pass, after Rabin and Karp. */

const base = 0x01000193;

/** The hash of `size` UTF-16 units of `text` from `from`; the text must hold them. */
export function hashOf(text: string, from: number, size: number): number {
  let hash = 0;
  for (let at = from; at < from + size; at++)
    hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0;
  return hash;
}

/** Which hashes may be known: a bit for each, so that most windows cost one look. */
export class HashFilter {
  #bits = new Uint8Array(1 << 13);
  #shift = 32 - 16;
  readonly #hashes: number[] = [];

  add(hash: number): void {
    this.#hashes.push(hash);
    if (this.#hashes.length * 16 > this.#bits.length * 8 && this.#shift > 4) this.#grow();
    else this.#set(hash);
  }

  has(hash: number): boolean {
    const at = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    return ((this.#bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  #set(hash: number): void {
    const at = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    this.#bits[at >>> 3] = (this.#bits[at >>> 3] ?? 0) | (1 << (at & 7));
  }

  #grow(): void {
    this.#shift -= 2;
    this.#bits = new Uint8Array(2 ** (32 - this.#shift - 3));
    for (const hash of this.#hashes) this.#set(hash);
  }
}

/**
 * Calls `found` with each position whose window may be known.
 * @param size of the windows in UTF-16 units
 */
export function eachLikelyWindow(
  text: string,
  size: number,
  filter: HashFilter,
  found: (at: number, hash: number) => void,
): void {
  if (text.length < size) return;
  let out = 1;
  for (let power = 1; power < size; power++) out = Math.imul(out, base);
  let hash = hashOf(text, 0, size);
  const last = text.length - size;
  for (let at = 0; ; at++) {
    if (filter.has(hash)) found(at, hash);
    if (at === last) return;
    const left = (hash - Math.imul(text.charCodeAt(at), out)) | 0;
    hash = (Math.imul(left, base) + text.charCodeAt(at + size)) | 0;
  }
}
