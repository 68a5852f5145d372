/** The last bytes of a stream, however it is cut. */

/** How much of what a host says unasked is kept to say why it ended. */
const keptBytes = 8 * 1024;

export class Tail {
  #space: Buffer = Buffer.alloc(0);
  #size = 0;

  add(bytes: Buffer): void {
    if (this.#space.length === 0) this.#space = Buffer.alloc(2 * keptBytes);
    const last = bytes.subarray(-keptBytes);
    if (this.#size + last.length > this.#space.length) {
      this.#space.copyWithin(0, this.#size - keptBytes, this.#size);
      this.#size = keptBytes;
    }
    last.copy(this.#space, this.#size);
    this.#size += last.length;
  }

  get text(): string {
    return this.#space.toString('utf8', Math.max(0, this.#size - keptBytes), this.#size);
  }
}
