/**
 * Cuts what a host prints into frames: `MARK WORD…` lines that our own functions print, and the
 * bytes between them. The mark is 128 random bits that travel by stdin only, so nothing but our
 * own shell can print it. What is kept of a stream is bounded, and copied once.
 */

export interface FrameHandler {
  /** Bytes that belong to no frame. */
  bytes(bytes: Buffer): void;
  /** A frame's words. The result is the number of raw bytes that follow it. */
  frame(words: readonly string[]): number | void;
  /** Raw bytes that follow the last frame. */
  raw(bytes: Buffer): void;
  /** The stream is none of ours; nothing of it is passed on any more. */
  broken(why: string): void;
}

/** Bytes of a frame's line. */
export const lineLimit = 4096;

export class FrameReader {
  readonly #mark: Buffer;
  readonly #handler: FrameHandler;
  /** Bytes that may be the beginning of a mark or of a frame's line. */
  #kept: Buffer = Buffer.alloc(0);
  #rawLeft = 0;
  #broken = false;

  constructor(mark: string, handler: FrameHandler) {
    this.#mark = Buffer.from(mark, 'latin1');
    this.#handler = handler;
  }

  feed(chunk: Buffer): void {
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.alloc(0);
    while (rest.length > 0 && !this.#broken) {
      const at = rest.indexOf(this.#mark);
      const before = at < 0 ? rest.length - this.#begun(rest) : at;
      if (this.#rawLeft > before && at >= 0) {
        this.#break('a frame stands where bytes were announced');
        return;
      }
      this.#pass(rest.subarray(0, before));
      const end = at < 0 ? -1 : rest.indexOf(10, at);
      if ((end < 0 ? rest.length : end) - before > lineLimit) {
        this.#break(`a frame's line is longer than ${lineLimit} bytes`);
        return;
      }
      if (end < 0) {
        // A copy: the chunk that it is a part of may be far larger.
        this.#kept = Buffer.from(rest.subarray(before));
        return;
      }
      const line = rest.toString('utf8', at + this.#mark.length + 1, end);
      this.#rawLeft = this.#handler.frame(line.split(' ')) ?? 0;
      rest = rest.subarray(end + 1);
    }
  }

  /** Nothing more is passed on. */
  stop(): void {
    this.#broken = true;
    this.#kept = Buffer.alloc(0);
  }

  #break(why: string): void {
    this.stop();
    this.#handler.broken(why);
  }

  /** Bytes without a mark: raw ones first. */
  #pass(bytes: Buffer): void {
    const raw = bytes.subarray(0, this.#rawLeft);
    this.#rawLeft -= raw.length;
    if (raw.length > 0) this.#handler.raw(raw);
    if (bytes.length > raw.length) this.#handler.bytes(bytes.subarray(raw.length));
  }

  /** How many bytes at the end may begin a mark. */
  #begun(rest: Buffer): number {
    let length = Math.min(rest.length, this.#mark.length - 1);
    while (length > 0 && !this.#mark.subarray(0, length).equals(rest.subarray(-length)))
      length -= 1;
    return length;
  }
}

/** Collects the bytes of one reply's stream up to a limit. */
export class Collected {
  readonly #limit: number;
  /** Grows by doubling: a byte at a time costs no more than all at once. */
  #space: Buffer = Buffer.alloc(0);
  #size = 0;
  truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns how many of them were kept */
  add(bytes: Buffer): number {
    const taken = bytes.subarray(0, this.#limit - this.#size);
    if (taken.length < bytes.length) this.truncated = true;
    const size = this.#size + taken.length;
    if (size > this.#space.length) {
      const space = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(size, this.#size * 2)));
      this.#space.copy(space, 0, 0, this.#size);
      this.#space = space;
    }
    taken.copy(this.#space, this.#size);
    this.#size = size;
    return taken.length;
  }

  clear(): void {
    this.#space = Buffer.alloc(0);
    this.#size = 0;
    this.truncated = false;
  }

  bytes(): Buffer {
    return this.#space.subarray(0, this.#size);
  }
}
