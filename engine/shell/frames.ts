/**
 * Cuts what a host prints into frames: `MARK WORD…` lines that our own functions print, and the
 * bytes between them. The mark is 128 random bits, so nothing else can print it.
 */

export interface FrameHandler {
  /** Bytes that belong to no frame. */
  bytes(bytes: Buffer): void;
  /** A frame's words. The result is the number of raw bytes that follow it. */
  frame(words: readonly string[]): number | void;
  /** Raw bytes that follow the last frame. */
  raw(bytes: Buffer): void;
}

export class FrameReader {
  readonly #mark: Buffer;
  readonly #handler: FrameHandler;
  /** Bytes that may be the beginning of a mark or of a frame's line. */
  #kept: Buffer = Buffer.alloc(0);
  #rawLeft = 0;

  constructor(mark: string, handler: FrameHandler) {
    this.#mark = Buffer.from(mark, 'latin1');
    this.#handler = handler;
  }

  feed(chunk: Buffer): void {
    let rest = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.alloc(0);
    while (rest.length > 0) {
      if (this.#rawLeft > 0) {
        const raw = rest.subarray(0, this.#rawLeft);
        this.#rawLeft -= raw.length;
        this.#handler.raw(raw);
        rest = rest.subarray(raw.length);
        continue;
      }
      const at = rest.indexOf(this.#mark);
      if (at < 0) {
        this.#pass(rest);
        return;
      }
      const end = rest.indexOf(10, at);
      if (at > 0) this.#handler.bytes(rest.subarray(0, at));
      if (end < 0) {
        this.#kept = rest.subarray(at);
        return;
      }
      const line = rest.toString('utf8', at + this.#mark.length + 1, end);
      this.#rawLeft = this.#handler.frame(line.split(' ')) ?? 0;
      rest = rest.subarray(end + 1);
    }
  }

  /** Passes on all but the bytes that the mark may begin with. */
  #pass(rest: Buffer): void {
    let from = Math.max(0, rest.length - this.#mark.length + 1);
    while (
      from < rest.length &&
      !this.#mark.subarray(0, rest.length - from).equals(rest.subarray(from))
    )
      from += 1;
    if (from > 0) this.#handler.bytes(rest.subarray(0, from));
    this.#kept = rest.subarray(from);
  }
}

/** Collects the bytes of one reply's stream up to a limit. */
export class Collected {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  #size = 0;
  truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Buffer): void {
    const taken = bytes.subarray(0, this.#limit - this.#size);
    if (taken.length < bytes.length) this.truncated = true;
    // A copy: the chunk it is a part of may be far larger.
    if (taken.length > 0) this.#chunks.push(Buffer.from(taken));
    this.#size += taken.length;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#size = 0;
    this.truncated = false;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
