/**
 * What a host sends on one of its two streams. Each frame must be of the request that is answered
 * and fit it, in kind, number and length: else nothing that came is believed.
 */
import { Tail } from '../../transport/tail.ts';
import { FrameReader } from './frames.ts';
import { outputLimit, type PendingRequest, type Which } from './pending-request.ts';

const mebibyte = 1024 * 1024;
/** Bytes before the shell's first word: banners, what a profile prints. */
const noiseLimit = 16 * mebibyte;
/** Bytes that all answers under way may send, and those of them that are kept. */
const receivedLimit = 256 * mebibyte;
const keptLimit = 64 * mebibyte;

export interface IncomingEvents {
  hello(user: string, login: string): void;
  folder(path: string): void;
  /** The host asks for the next stream, of so many bytes. */
  ready(pending: PendingRequest, size: number): void;
  taken(pending: PendingRequest): void;
  /** Another run works on the host: who, as it was written down there. */
  held(who: readonly string[]): void;
  /** The host has no place for a lock. */
  unlocked(): void;
  /** The program that became another user has ended. */
  gone(): void;
  /** A request has ended on one stream. */
  ended(): void;
  broken(why: string): void;
}

/** What both streams have sent since all requests were answered. */
export class Received {
  total = 0;
  kept = 0;

  clear(): void {
    this.total = 0;
    this.kept = 0;
  }
}

export class Incoming {
  /** What came before the first frame. */
  readonly noise = new Tail();
  greeted = false;
  readonly #which: Which;
  readonly #pending: readonly PendingRequest[];
  readonly #received: Received;
  readonly #events: IncomingEvents;
  readonly #reader: FrameReader;
  /** Where the raw bytes that follow a frame go. */
  #raw: (bytes: Buffer) => void = () => undefined;

  /** @param pending the requests that are not answered, in order; it changes */
  constructor(
    which: Which,
    mark: string,
    pending: readonly PendingRequest[],
    received: Received,
    events: IncomingEvents,
  ) {
    this.#which = which;
    this.#pending = pending;
    this.#received = received;
    this.#events = events;
    this.#reader = new FrameReader(mark, {
      bytes: (bytes) => this.#bytes(bytes),
      frame: (words) => this.#frame(words),
      raw: (bytes) => this.#raw(bytes),
      broken: (why) => events.broken(why),
    });
  }

  feed(chunk: Buffer): void {
    this.#received.total += chunk.length;
    const limit = this.greeted ? receivedLimit : noiseLimit;
    if (this.#received.total <= limit) this.#reader.feed(chunk);
    else this.#break(`more than ${limit / mebibyte} MiB came unasked`);
  }

  /** Nothing that still comes counts. */
  stop(): void {
    this.#reader.stop();
  }

  get #answered(): PendingRequest | undefined {
    return this.#pending.find((each) => !each.ended[this.#which]);
  }

  #bytes(bytes: Buffer): void {
    if (this.greeted) this.#keep(this.#answered, bytes);
    else this.noise.add(bytes);
  }

  #keep(pending: PendingRequest | undefined, bytes: Buffer): void {
    this.#received.kept += pending?.keep(this.#which, bytes) ?? 0;
    if (this.#received.kept > keptLimit)
      this.#break(`answers of more than ${keptLimit / mebibyte} MiB came at once`);
  }

  #frame([kind = '', ...words]: readonly string[]): number | void {
    if (kind === 'hello' && !this.greeted) return this.#hello(words);
    if (kind === 'gone' && this.#which === 'stderr') return this.#events.gone();
    if (!this.greeted) return this.#break('a frame came before the first');
    if (kind === 'folder' && this.#which === 'stdout') return this.#events.folder(words[0] ?? '');
    if (kind === 'held' && this.#which === 'stdout') return this.#events.held(words);
    if (kind === 'unlocked' && this.#which === 'stdout') return this.#events.unlocked();
    const pending = this.#answered;
    const [number, ...rest] = words;
    if (number === undefined || number !== String(pending?.number))
      return this.#break(`a frame came for a request that is not being answered`);
    return pending && this.#answer(pending, kind, rest);
  }

  #hello([user = '', login = '']: readonly string[]): void {
    this.greeted = true;
    this.#received.clear();
    if (this.#which === 'stdout') this.#events.hello(user, login);
  }

  #answer(pending: PendingRequest, kind: string, words: readonly string[]): number | void {
    const [first = '', second = ''] = words;
    const isStep = pending.request.kind === 'step';
    if (kind === 'end') return this.#end(pending, first, second);
    if (kind === 'begin' && isStep && !pending.begun[this.#which]) {
      pending.begin(this.#which);
      this.#raw = (bytes) => this.#keepAnnounced(pending, bytes);
      return this.#size(first, outputLimit + 1);
    }
    if (kind === 'live' && this.#which === 'stdout' && isStep && !pending.begun.stdout) {
      const on = first === 'err' ? 'stderr' : 'stdout';
      this.#raw = (bytes) => pending.live(on, bytes);
      return this.#size(second, outputLimit - pending.shown[on]);
    }
    if (kind === 'ready' && this.#which === 'stderr')
      return this.#events.ready(pending, this.#size(first, Number.MAX_SAFE_INTEGER));
    if (kind === 'taken' && this.#which === 'stderr') return this.#events.taken(pending);
    return this.#break('a frame came that does not fit the request that is answered');
  }

  #keepAnnounced(pending: PendingRequest, bytes: Buffer): void {
    this.#received.kept += pending[this.#which].add(bytes);
  }

  #end(pending: PendingRequest, code: string, flag: string): void {
    if (this.#which === 'stdout') pending.outcome(this.#size(code, 255), flag);
    pending.ended[this.#which] = true;
    this.#events.ended();
  }

  #size(word: string, limit: number): number {
    const size = /^\d{1,16}$/.test(word) ? Number(word) : limit + 1;
    if (size <= limit) return size;
    this.#break(`a frame says ${JSON.stringify(word.slice(0, 20))} where ${limit} is the most`);
    return 0;
  }

  #break(why: string): void {
    this.#reader.stop();
    this.#events.broken(why);
  }
}
