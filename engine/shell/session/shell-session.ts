/** A persistent shell on a host: requests leave in one write, replies come back in order. */
import { DistrustedError, HeldError, PlayError, UnreachableError } from '../../errors.ts';
import { lastWords } from '../../transport/ssh-failure.ts';
import type { ByteStream } from '../../transport/transport.ts';
import { stepFunctions } from '../host/functions.ts';
import { describeHeld } from '../host/lock.ts';
import { deferred } from './deferred.ts';
import { Incoming, Received } from './incoming.ts';
import { afterSeconds } from './patience.ts';
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
/** Milliseconds to reach the host once more, to end what runs there. */
const cancelLimit = 10_000;
/** Milliseconds until what was cancelled has ended: TERM, ten seconds, KILL, and the way back. */
const cancelledLimit = 25_000;
/** Seconds for what only reads, once the person wants the run to end. */
const hurry = 10;
/** Bytes a second of a link that is slow, but not dead. */
const slowest = 16 * 1024;

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
  /** Whether the preamble takes the host's lock. */
  readonly locks: boolean;
  readonly onUnlocked?: (() => void) | undefined;
  /** An error for a session that ended before its `hello`, from what was said on stderr. */
  readonly refused: (said: string) => PlayError | undefined;
  readonly counters: Counters;
  readonly host: string;
  /** Seconds within which the shell must greet. */
  readonly helloWithin: number;
  /** Tells the watchdog, over another connection, to end the requests up to that number. */
  readonly cancelThrough?:
    | ((folder: string, upTo: number, within: AbortSignal) => Promise<void>)
    | undefined;
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
  readonly #out: Incoming;
  readonly #error: Incoming;
  readonly #received = new Received();
  #began = false;
  #knowsSteps = false;
  #blockedBy: PendingRequest | undefined;
  #number = 0;
  #folder: string | undefined;
  /** Becoming another user was tried, and has ended. */
  #gone = false;
  #hurried = false;
  #lost: PlayError | undefined;
  #closing: Promise<void> | undefined;
  #unwatch: () => void = () => undefined;

  constructor(start: SessionStart) {
    this.#start = start;
    this.#stream = start.stream;
    this.counters = start.counters;
    this.user = start.user;
    const { stdin, stdout, stderr, closed } = this.#stream;
    const events = {
      hello: (user: string, login: string) => this.#hello(user, login),
      folder: (path: string) => void (this.#folder = path),
      ready: (pending: PendingRequest, size: number) => void this.#give(pending, size),
      taken: (pending: PendingRequest) => this.#taken(pending),
      held: (who: readonly string[]) => this.#heldBy(who),
      unlocked: () => start.onUnlocked?.(),
      gone: () => this.#goneBy(),
      ended: () => this.#settle(),
      broken: (why: string) => this.#distrust(why),
    };
    this.#out = new Incoming('stdout', start.mark, this.#pending, this.#received, events);
    this.#error = new Incoming('stderr', start.mark, this.#pending, this.#received, events);
    for (const [stream, incoming] of [
      [stdout, this.#out],
      [stderr, this.#error],
    ] as const) {
      stream.on('data', (chunk: Buffer) => {
        this.counters.bytesDown += chunk.length;
        incoming.feed(chunk);
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
    const cancelled = new Set(this.#pending);
    setTimeout(() => {
      if (this.#pending.some((pending) => cancelled.has(pending))) give();
    }, cancelledLimit).unref();
    if (!cancelThrough || this.#folder === undefined) give();
    else
      void cancelThrough(this.#folder, this.#number, AbortSignal.timeout(cancelLimit)).catch(give);
  }

  hurry(): void {
    this.#hurried = true;
    this.#watch();
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
    if (this.#start.gated && this.#began && !this.#out.greeted) return;
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
    const { key, shell, locks } = this.#start;
    let text = this.#knowsSteps ? '' : stepFunctions(key, shell, locks);
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

  #hello(user: string, login: string): void {
    this.user = user;
    this.login = login;
    this.#watch();
    this.#flush();
  }

  #goneBy(): void {
    this.#gone = true;
    this.#lose(this.#reason('the shell ended'));
  }

  #heldBy(who: readonly string[]): void {
    this.#lose(
      new HeldError(`another run works on ${this.#start.host}: ${describeHeld(who)}`, {
        hint: 'let it end, or wait for it with --wait-lock <seconds>; where its controller is no more, end that shell',
      }),
    );
  }

  #taken(pending: PendingRequest): void {
    if (pending.streams.length === 0) this.#unblock(pending);
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
    if (this.#pending.length === 0) this.#received.clear();
    this.#watch();
    this.#unblock(pending);
    this.#settle();
  }

  /** A host that does not answer long after it should counts as gone. */
  #watch(): void {
    this.#unwatch();
    const pending = this.#pending[0];
    if (!pending) return;
    const { host } = this.#start;
    if (!this.#out.greeted) {
      const seconds = this.#start.helloWithin + this.counters.bytesUp / slowest;
      this.#unwatch = afterSeconds(seconds, () => this.#lose(this.#silent(Math.round(seconds))));
      return;
    }
    const full = (pending.timeout ?? longestRead) + grace;
    const seconds = this.#hurried && pending.request.kind !== 'step' ? hurry : full;
    this.#unwatch = afterSeconds(seconds, () => {
      this.#lose(new DistrustedError(`${host} gave no answer for ${seconds} s`));
    });
  }

  #silent(seconds: number): PlayError {
    const words = lastWords(this.#out.noise.text) || lastWords(this.#error.noise.text);
    const last = words === '' ? '' : `; the last that it said: ${words}`;
    const message = `${this.#start.host} gave no shell within ${seconds} s${last}`;
    if (this.#stream.warm) return new UnreachableError(message);
    return new DistrustedError(message, {
      hint: 'a forced command or the profile of the user may wait for something; `connectTimeout` gives it longer',
    });
  }

  #distrust(why: string): void {
    this.#lose(
      new DistrustedError(`${this.#start.host} does not answer as our shell would: ${why}`, {
        hint: 'nothing that it says is believed; look at who can change its login shell or sshd',
      }),
    );
  }

  /** An end that was asked for, of a session that owes nothing, needs no reason. */
  #endedBy(why: () => string): PlayError {
    if (this.#closing === undefined || this.#pending.length > 0) return this.#reason(why());
    return new UnreachableError(`the connection to ${this.#start.host} is closed`);
  }

  #reason(why: string): PlayError {
    if (this.#out.greeted)
      return new UnreachableError(`the connection to ${this.#start.host} was lost: ${why}`);
    const said = this.#error.noise.text;
    const words = lastWords(this.#out.noise.text) || lastWords(said) || why;
    return (
      (this.#gone ? this.#start.refused(said) : undefined) ??
      new UnreachableError(`${this.#start.host} gave no shell: ${words}`, {
        hint: 'the user needs a login shell that can run /bin/sh',
        cause: said,
      })
    );
  }

  #lose(error: PlayError): void {
    if (this.#lost) return;
    this.#lost = error;
    this.#unwatch();
    this.#out.stop();
    this.#error.stop();
    this.#stream.kill();
    this.#outbox.length = 0;
    for (const pending of this.#pending.splice(0)) pending.reject(pending.failure ?? error);
  }

  async #close(): Promise<void> {
    if (this.#lost) return;
    const timer = setTimeout(() => this.#stream.kill(), closeLimit);
    const closed = this.#closed.then(() => clearTimeout(timer));
    const locked = this.#start.locks && this.#began;
    const leave = locked ? 'exec rm -f -- "$tsplay_lock"\n' : 'exit\n';
    this.#write(this.#knowsSteps ? 'tsplay_close\n' : leave);
    this.#stream.stdin.end();
    // Where nothing was made on the host, nothing is left to wait for.
    if (this.#knowsSteps || locked || this.#pending.length > 0) await closed;
  }
}

/** A rejection that nobody needs to hear. */
function rejected(error: unknown): Promise<Reply> {
  const { promise, reject } = deferred<Reply>();
  reject(error);
  return promise;
}
