/** A request on its way, and what has come back of it so far. */
import { StepError } from '../../errors.ts';
import type { Content } from '../content.ts';
import { deferred } from './deferred.ts';
import { Collected } from './frames.ts';
import { readText, stepText } from './request-text.ts';
import type { Reply, Request } from './session.ts';

/** Bytes of each of stdout and stderr that a reply holds. */
export const outputLimit = 8 * 1024 * 1024;
const recordsLimit = 32 * 1024 * 1024;

export type Outgoing = Request | { readonly kind: 'records' };
export type Which = 'stdout' | 'stderr';

export class PendingRequest {
  readonly number: number;
  readonly request: Outgoing;
  readonly reply: Promise<Reply>;
  readonly text: string;
  /** Contents that the host has not asked for yet. */
  readonly streams: Content[];
  readonly stdout: Collected;
  readonly stderr: Collected;
  readonly ended = { stdout: false, stderr: false };
  /** What a step printed is being sent, its length first; nothing else is part of it. */
  readonly begun = { stdout: false, stderr: false };
  /** Bytes that were shown while it ran. */
  readonly shown = { stdout: 0, stderr: 0 };
  /** Set when the reply counts for nothing: a content changed under way, no session folder. */
  failure: Error | undefined;
  #code = 0;
  #flag = '';
  readonly #settled = deferred<Reply>();

  /** @throws PlayError for a request that cannot be sent */
  constructor(number: number, request: Outgoing, mark: string) {
    this.number = number;
    this.request = request;
    this.reply = this.#settled.promise;
    const { text, streams } = textOf(number, request, mark);
    this.text = text;
    this.streams = [...streams];
    const limit = request.kind === 'records' ? recordsLimit : outputLimit;
    this.stdout = new Collected(limit);
    this.stderr = new Collected(limit);
  }

  /** Needs the functions for steps on the host. */
  get needsFolder(): boolean {
    return this.request.kind !== 'read' || this.request.timeout !== undefined;
  }

  /** Seconds that the host gives it. */
  get timeout(): number | undefined {
    return this.request.kind === 'records' ? undefined : this.request.timeout;
  }

  begin(which: Which): void {
    this.begun[which] = true;
    this[which].clear();
  }

  /** @returns how many bytes were kept */
  keep(which: Which, bytes: Buffer): number {
    return this.begun[which] ? 0 : this[which].add(bytes);
  }

  live(which: Which, bytes: Buffer): void {
    this.shown[which] += bytes.length;
    this.#show(which, bytes);
  }

  outcome(code: number, flag: string): void {
    this.#code = code;
    const attempted = this.request.kind === 'read' && this.request.attempt !== undefined;
    this.#flag = attempted && code !== 0 ? 'late' : flag;
    if (flag === 'nofolder') this.failure = noFolder();
  }

  /** Both streams ended: settles the reply. */
  settle(): void {
    const stdout = this.stdout.bytes();
    const stderr = this.stderr.bytes();
    this.#show('stdout', stdout.subarray(this.shown.stdout));
    this.#show('stderr', stderr.subarray(this.shown.stderr));
    if (this.failure) {
      this.#settled.reject(this.failure);
      return;
    }
    this.#settled.resolve({
      code: this.#code,
      stdout,
      stderr,
      timedOut: this.#flag === 'late',
      truncated: this.stdout.truncated || this.stderr.truncated,
      arrived: Date.now(),
    });
  }

  reject(error: unknown): void {
    this.#settled.reject(error);
  }

  #show(which: Which, bytes: Buffer): void {
    if (this.request.kind !== 'step' || bytes.length === 0) return;
    try {
      this.request.onOutput?.(which, bytes);
    } catch (error) {
      this.#settled.reject(error);
    }
  }
}

function textOf(
  number: number,
  request: Outgoing,
  mark: string,
): { readonly text: string; readonly streams: readonly Content[] } {
  if (request.kind === 'read') return readText(number, request);
  if (request.kind === 'step') return stepText(number, request, mark);
  const text = `tsplay_ready\n( tsplay_records ) </dev/null\ntsplay_end ${number} "$?"\n`;
  return { text, streams: [] };
}

const noFolder = (): StepError =>
  new StepError('no folder for the session can be created: neither /dev/shm nor /tmp is writable', {
    hint: 'make one of them writable, with some free space',
  });
