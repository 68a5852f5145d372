/**
 * sudo with a password: it is written only after our own random prompt was seen (rule 29, become).
 */
import { randomBytes } from 'node:crypto';
import { DistrustedError, PlayError, UnreachableError } from '../../errors.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';
import { lastWords, tellingLines } from '../../transport/ssh-failure.ts';
import { Tail } from '../../transport/tail.ts';
import type { Become, ByteStream } from '../../transport/transport.ts';
import { becomeRefused, passwordText, rewritten } from './become.ts';
import { deferred } from './deferred.ts';
import { FrameReader } from './frames.ts';
import { afterSeconds } from './patience.ts';
import type { Counters } from './session.ts';

/** Seconds for becoming another user: PAM delays a wrong password by a few. */
export const becomeLimit = 30;

export interface SudoOptions {
  readonly host: string;
  readonly shell: string;
  readonly counters: Counters;
  /** Seconds within which the login shell must answer. */
  readonly shellWithin: number;
}

/**
 * Resolves when the inner shell reads.
 * @throws StepError when sudo refuses; UnreachableError where there is no login shell, or it ends
 */
export async function passSudo(
  stream: ByteStream,
  become: Become,
  password: Secret,
  options: SudoOptions,
): Promise<void> {
  if (/[\n\0]/.test(reveal(password)))
    throw new PlayError('the become password holds a line end, which sudo cannot take');
  await new SudoDoor(stream, become, password, options).open();
}

class SudoDoor {
  readonly #stream: ByteStream;
  readonly #become: Become;
  readonly #password: Secret;
  readonly #options: SudoOptions;
  /** Everybody on the host can read sudo's arguments: this mark is good for its door only. */
  readonly #mark = randomBytes(16).toString('hex');
  readonly #prompt = `tsplay-${randomBytes(16).toString('hex')}:`;
  readonly #opened = deferred<void>();
  readonly #printed = new Tail();
  #said = new Tail();
  /** The login shell runs our text: what is said from now on is sudo's. */
  #begun = false;
  #prompted = 0;
  #searched = '';
  #unwatch: () => void = () => undefined;

  constructor(stream: ByteStream, become: Become, password: Secret, options: SudoOptions) {
    this.#stream = stream;
    this.#become = become;
    this.#password = password;
    this.#options = options;
  }

  async open(): Promise<void> {
    const { stdout, stderr, closed } = this.#stream;
    const out = this.#frames(
      (bytes) => this.#printed.add(bytes),
      () => this.#opened.resolve(),
    );
    const error = this.#frames(
      (bytes) => this.#hear(bytes),
      () => this.#begin(),
    );
    const onOut = (chunk: Buffer): void => this.#feed(out, chunk);
    const onError = (chunk: Buffer): void => this.#feed(error, chunk);
    stdout.on('data', onOut);
    stderr.on('data', onError);
    void closed.then(({ why }) => this.#ended(why));
    this.#watch(this.#options.shellWithin);
    this.#write(passwordText(this.#become, this.#options.shell, this.#mark, this.#prompt));
    try {
      await this.#opened.promise;
    } catch (error) {
      this.#stream.kill();
      throw error;
    } finally {
      this.#unwatch();
      stdout.off('data', onOut);
      stderr.off('data', onError);
    }
  }

  #feed(reader: FrameReader, chunk: Buffer): void {
    this.#options.counters.bytesDown += chunk.length;
    reader.feed(chunk);
  }

  #frames(bytes: (bytes: Buffer) => void, then: () => void): FrameReader {
    const { host } = this.#options;
    return new FrameReader(this.#mark, {
      bytes,
      frame: ([word]) => (word?.endsWith('\r') ? this.#fail(rewritten(host)) : then()),
      raw: () => undefined,
      broken: (why) => this.#fail(new DistrustedError(`${host} gave no shell: ${why}`)),
    });
  }

  #begin(): void {
    this.#begun = true;
    this.#said = new Tail();
    this.#watch(becomeLimit);
  }

  #hear(bytes: Buffer): void {
    this.#said.add(bytes);
    // Only ASCII matters here; a character that is cut shows as noise at worst.
    const parts = (this.#searched + bytes.toString('latin1')).split(this.#prompt);
    this.#searched = parts.at(-1)?.slice(1 - this.#prompt.length) ?? '';
    if (parts.length === 1) return;
    const first = this.#prompted === 0;
    this.#prompted += parts.length - 1;
    if (this.#prompted > 1) this.#refuse('sudo: incorrect password');
    else if (first) this.#write(`${reveal(this.#password)}\n`);
  }

  #watch(seconds: number): void {
    this.#unwatch();
    this.#unwatch = afterSeconds(seconds, () => {
      if (this.#begun) this.#refuse(this.#words);
      else this.#noShell(DistrustedError, `no answer within ${seconds} s`);
    });
  }

  #ended(why: string): void {
    const { host } = this.#options;
    if (!this.#begun) this.#noShell(UnreachableError, why);
    else if (tellingLines(this.#words).length > 0) this.#refuse(this.#words);
    else this.#fail(new UnreachableError(`the connection to ${host} was lost: ${why}`));
  }

  #noShell(kind: typeof UnreachableError, why: string): void {
    const hint = 'the user needs a login shell that can run /bin/sh';
    const cause = this.#words;
    const last = lastWords(this.#printed.text) || lastWords(cause) || why;
    this.#fail(new kind(`${this.#options.host} gave no shell: ${last}`, { hint, cause }));
  }

  #refuse(said: string): void {
    this.#fail(becomeRefused(this.#options.host, this.#become, said));
  }

  #fail(error: PlayError): void {
    this.#opened.reject(error);
  }

  get #words(): string {
    return this.#said.text.replaceAll(this.#prompt, '').trim();
  }

  #write(text: string): void {
    const { counters } = this.#options;
    counters.roundTrips += 1;
    counters.bytesUp += Buffer.byteLength(text);
    this.#stream.stdin.write(text);
  }
}
