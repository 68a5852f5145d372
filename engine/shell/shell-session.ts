/** A persistent shell on a host: requests leave in one write, replies come back in order. */
import { PlayError, UnreachableError } from '../errors.ts';
import { lastWords } from '../transport/ssh-failure.ts';
import type { ByteStream } from '../transport/transport.ts';
import { FrameReader } from './frames.ts';
import { stepFunctions } from './host-functions.ts';
import { deferred } from './deferred.ts';
import { PendingRequest, type Outgoing } from './pending-request.ts';
import { parseRecords } from './records.ts';
import { folderProcesses, openingProcesses, processesOf } from './request-cost.ts';
import { libraryText } from './request-text.ts';
import { sendContent } from './send-content.ts';
import type { Counters, Reply, Request, Session } from './session.ts';

/** Seconds that a request without a time-out may take before the host counts as gone. */
const longestRead = 300;
/** Seconds beyond a request's time-out: TERM, KILL and the way back. */
const grace = 30;
/** Milliseconds for a polite end. */
const closeLimit = 3000;
/** Bytes of stderr before the first mark that are kept to explain a refusal. */
const keptNoise = 8 * 1024;

export interface SessionStart {
  readonly stream: ByteStream;
  readonly mark: string;
  readonly key: string;
  readonly shell: string;
  readonly user: string;
  /** Turns the first text into what the far end must read; default: the text itself. */
  readonly wrap: (text: string) => string;
  /** Whether nothing more may be written before `hello` came. */
  readonly gated: boolean;
  readonly preamble: string;
  /** An error for a session that ended before its `hello`, from what was said on stderr. */
  readonly refused: (said: string) => PlayError | undefined;
  readonly counters: Counters;
  readonly host: string;
  /** Tells the watchdog, over another connection, to end the requests up to that number. */
  readonly cancelThrough?: ((folder: string, upTo: number) => Promise<void>) | undefined;
}

export class ShellSession implements Session {
  user: string;
  /** Who logged in, before become; known with the first answer. */
  login: string | undefined;
  readonly counters: Counters;
  readonly #start: SessionStart;
  readonly #stream: ByteStream;
  /** Written or not, in order. */
  readonly #pending: PendingRequest[] = [];
  readonly #outbox: PendingRequest[] = [];
  readonly #sentFunctions = new Set<string>();
  readonly #answered = new Set<string>();
  readonly #closed: Promise<void>;
  readonly #greeted = { stdout: false, stderr: false };
  #began = false;
  #knowsSteps = false;
  #blockedBy: PendingRequest | undefined;
  #number = 0;
  #folder: string | undefined;
  /** stderr and stdout before the first mark. */
  #said: Buffer = Buffer.alloc(0);
  #printed: Buffer = Buffer.alloc(0);
  #lost: PlayError | undefined;
  #closing: Promise<void> | undefined;
  #guard: NodeJS.Timeout | undefined;

  constructor(start: SessionStart) {
    this.#start = start;
    this.#stream = start.stream;
    this.counters = start.counters;
    this.user = start.user;
    const { stdin, stdout, stderr, closed } = this.#stream;
    const out = new FrameReader(start.mark, {
      bytes: (bytes) => this.#outBytes(bytes),
      frame: (words) => this.#outFrame(words),
      raw: (bytes) => this.#pending.find((each) => !each.ended.stdout)?.live(bytes),
    });
    const error = new FrameReader(start.mark, {
      bytes: (bytes) => this.#errorBytes(bytes),
      frame: (words) => this.#errorFrame(words),
      raw: () => undefined,
    });
    for (const [stream, reader] of [
      [stdout, out],
      [stderr, error],
    ] as const) {
      stream.on('data', (chunk: Buffer) => {
        this.counters.bytesDown += chunk.length;
        reader.feed(chunk);
      });
      stream.on('error', () => undefined);
    }
    stdin.on('error', () => undefined);
    this.#closed = closed.then((end) => this.#lose(this.#endedBy(() => end.why)));
  }

  exchange(requests: readonly Request[]): Promise<Reply>[] {
    return this.#send(requests);
  }

  async records(): Promise<ReadonlyMap<string, Reply>> {
    const [reply] = this.#send([{ kind: 'records' }]);
    return reply ? parseRecords((await reply).stdout) : new Map();
  }

  /** Whether the connection is gone for good. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  cancel(): void {
    const give = (): void => this.#lose(new UnreachableError(`cancelled on ${this.#start.host}`));
    const { cancelThrough } = this.#start;
    if (this.#pending.length === 0) return;
    for (const pending of this.#outbox.splice(0)) {
      this.#pending.splice(this.#pending.indexOf(pending), 1);
      pending.reject(new PlayError('cancelled'));
    }
    if (!cancelThrough || this.#folder === undefined) give();
    else void cancelThrough(this.#folder, this.#number).catch(give);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #send(requests: readonly Outgoing[]): Promise<Reply>[] {
    const replies = requests.map((request) => this.#queue(request));
    this.#flush();
    return replies;
  }

  #queue(request: Outgoing): Promise<Reply> {
    if (this.#lost) return rejected(this.#lost);
    try {
      const pending = new PendingRequest((this.#number += 1), request, this.#start.mark);
      this.#pending.push(pending);
      this.#outbox.push(pending);
      return pending.reply;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Writes what may be written now, in one write. */
  #flush(): void {
    if (this.#lost || this.#blockedBy || this.#outbox.length === 0) return;
    if (this.#start.gated && this.#began && !this.#greeted.stdout) return;
    let text = this.#began ? this.#forget() : this.#start.preamble;
    while (this.#outbox.length > 0 && !this.#blockedBy) {
      const pending = this.#outbox.shift();
      if (!pending) break;
      text += this.#functions(pending) + pending.text;
      if (pending.request.kind !== 'records')
        this.counters.processes += processesOf(pending.request);
      if (pending.streams.length > 0) this.#blockedBy = pending;
    }
    this.counters.roundTrips += 1;
    if (!this.#began) this.counters.processes += openingProcesses;
    this.#write(this.#began ? text : this.#start.wrap(text));
    this.#began = true;
    this.#watch();
  }

  #write(text: string): void {
    this.counters.bytesUp += Buffer.byteLength(text);
    this.#stream.stdin.write(text);
  }

  /** Functions that the host needs for this request and does not have. */
  #functions(pending: PendingRequest): string {
    if (!pending.needsFolder) return '';
    let text = this.#knowsSteps ? '' : stepFunctions(this.#start.key, this.#start.shell);
    if (!this.#knowsSteps) this.counters.processes += folderProcesses;
    this.#knowsSteps = true;
    const uses = pending.request.kind === 'step' ? pending.request.script.uses : [];
    for (const name of uses) {
      if (!this.#sentFunctions.has(name)) text += libraryText(name);
      this.#sentFunctions.add(name);
    }
    return text;
  }

  /** Replies that arrived need no record any more. */
  #forget(): string {
    if (this.#answered.size === 0) return '';
    const text = `tsplay_forget ${[...this.#answered].join(' ')}\n`;
    this.#answered.clear();
    return text;
  }

  #outFrame([kind, first = '', second = '', third = '']: readonly string[]): number | void {
    const pending = this.#pending.find((each) => !each.ended.stdout);
    if (kind === 'hello') {
      this.#greeted.stdout = true;
      this.user = first;
      this.login = second;
      this.#flush();
      return;
    }
    if (kind === 'folder') this.#folder = first;
    if (!pending) return;
    if (kind === 'begin') pending.stdout.clear();
    if (kind === 'live') {
      pending.liveOn(second);
      return Number(third);
    }
    if (kind !== 'end') return;
    pending.outcome(Number(second), third);
    pending.ended.stdout = true;
    this.#settle();
  }

  #errorFrame([kind, , size = '']: readonly string[]): void {
    const pending = this.#pending.find((each) => !each.ended.stderr);
    if (kind === 'hello') this.#greeted.stderr = true;
    if (kind === 'gone') this.#lose(this.#reason('the shell ended'));
    if (!pending) return;
    if (kind === 'begin') pending.stderr.clear();
    if (kind === 'ready') void this.#give(pending, Number(size));
    if (kind === 'taken' && pending.streams.length === 0) this.#unblock(pending);
    if (kind !== 'end') return;
    pending.ended.stderr = true;
    this.#settle();
  }

  #outBytes(bytes: Buffer): void {
    if (this.#greeted.stdout) this.#pending.find((each) => !each.ended.stdout)?.stdout.add(bytes);
    else this.#printed = Buffer.concat([this.#printed, bytes]).subarray(-keptNoise);
  }

  #errorBytes(bytes: Buffer): void {
    if (this.#greeted.stderr) this.#pending.find((each) => !each.ended.stderr)?.stderr.add(bytes);
    else this.#said = Buffer.concat([this.#said, bytes]).subarray(-keptNoise);
  }

  /** The host is ready for the next stream: it gets exactly that, and nothing else meanwhile. */
  async #give(pending: PendingRequest, size: number): Promise<void> {
    const content = pending.streams.shift();
    if (!content || content.size !== size) {
      this.#lose(
        new PlayError(`a script asks for a stream of ${size} bytes that it was not given`),
      );
      return;
    }
    this.counters.roundTrips += 1;
    const { bytes, failure } = await sendContent(this.#stream.stdin, content, this.#closed);
    this.counters.bytesUp += bytes;
    pending.failure ??= failure;
  }

  #unblock(pending: PendingRequest): void {
    if (this.#blockedBy !== pending) return;
    this.#blockedBy = undefined;
    this.#flush();
  }

  #settle(): void {
    const pending = this.#pending[0];
    if (!pending?.ended.stdout || !pending.ended.stderr) return;
    this.#pending.shift();
    if (pending.request.kind === 'step') this.#answered.add(pending.request.id);
    pending.settle();
    this.#watch();
    this.#unblock(pending);
    this.#settle();
  }

  /** A host that does not answer long after it should counts as gone. */
  #watch(): void {
    clearTimeout(this.#guard);
    const pending = this.#pending[0];
    if (!pending) return;
    const seconds = (pending.timeout ?? longestRead) + grace;
    this.#guard = setTimeout(() => {
      this.#lose(new UnreachableError(`${this.#start.host} gave no answer for ${seconds} s`));
    }, seconds * 1000);
  }

  /** An end that was asked for, of a session that owes nothing, needs no reason. */
  #endedBy(why: () => string): PlayError {
    if (this.#closing === undefined || this.#pending.length > 0) return this.#reason(why());
    return new UnreachableError(`the connection to ${this.#start.host} is closed`);
  }

  #reason(why: string): PlayError {
    if (this.#greeted.stdout)
      return new UnreachableError(`the connection to ${this.#start.host} was lost: ${why}`);
    const said = this.#said.toString('utf8');
    const words = lastWords(this.#printed.toString('utf8')) || lastWords(said) || why;
    return (
      this.#start.refused(said) ??
      new UnreachableError(`${this.#start.host} gave no shell: ${words}`, {
        hint: 'the user needs a login shell that can run /bin/sh',
        cause: said,
      })
    );
  }

  #lose(error: PlayError): void {
    if (this.#lost) return;
    this.#lost = error;
    clearTimeout(this.#guard);
    this.#stream.kill();
    this.#outbox.length = 0;
    for (const pending of this.#pending.splice(0)) pending.reject(pending.failure ?? error);
  }

  async #close(): Promise<void> {
    if (this.#lost) return;
    const timer = setTimeout(() => this.#stream.kill(), closeLimit);
    const closed = this.#closed.then(() => clearTimeout(timer));
    this.#write(this.#knowsSteps ? 'tsplay_close\n' : 'exit\n');
    this.#stream.stdin.end();
    // Where nothing was made on the host, nothing is left to wait for.
    if (this.#knowsSteps || this.#pending.length > 0) await closed;
  }
}

/** A rejection that nobody needs to hear. */
function rejected(error: unknown): Promise<Reply> {
  const { promise, reject } = deferred<Reply>();
  reject(error);
  return promise;
}
