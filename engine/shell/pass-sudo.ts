/** sudo with a password: it is written only after our own random prompt was seen (rule 29). */
import { randomBytes } from 'node:crypto';
import { PlayError, UnreachableError } from '../errors.ts';
import { reveal, type Secret } from '../secrets/secret.ts';
import type { Become, ByteStream } from '../transport/transport.ts';
import { lastWords, tellingLines } from '../transport/ssh-failure.ts';
import { becomeRefused, passwordText, rewritten } from './become.ts';
import { FrameReader } from './frames.ts';
import type { Counters } from './session.ts';

/** Milliseconds: PAM delays a wrong password by a few seconds. */
const limit = 30_000;

export interface SudoOptions {
  readonly mark: string;
  readonly host: string;
  readonly shell: string;
  readonly counters: Counters;
}

/**
 * Resolves when the inner shell reads.
 * @throws StepError when sudo refuses; UnreachableError when the stream ends
 */
export async function passSudo(
  stream: ByteStream,
  become: Become,
  password: Secret,
  options: SudoOptions,
): Promise<void> {
  const { mark, host, counters } = options;
  if (/[\n\0]/.test(reveal(password)))
    throw new PlayError('the become password holds a line end, which sudo cannot take');
  const prompt = `tsplay-${randomBytes(16).toString('hex')}:`;
  const write = (text: string): void => {
    counters.roundTrips += 1;
    counters.bytesUp += Buffer.byteLength(text);
    stream.stdin.write(text);
  };
  let said = '';
  let printed = '';
  let asked = false;
  const refused = (): PlayError => becomeRefused(host, become, said.replaceAll(prompt, '').trim());
  await new Promise<void>((resolve, reject) => {
    const fail = (error: PlayError): void => {
      done();
      stream.kill();
      reject(error);
    };
    const timer = setTimeout(() => fail(refused()), limit);
    const reader = new FrameReader(mark, {
      bytes: () => undefined,
      frame: ([word]) => {
        if (word?.endsWith('\r')) fail(rewritten(host));
        done();
        resolve();
      },
      raw: () => undefined,
    });
    const onOut = (chunk: Buffer): void => {
      counters.bytesDown += chunk.length;
      printed = `${printed}${chunk.toString('latin1')}`.slice(-8192);
      reader.feed(chunk);
    };
    const onError = (chunk: Buffer): void => {
      counters.bytesDown += chunk.length;
      // Only ASCII matters here; a character that is cut shows as noise at worst.
      said += chunk.toString('latin1');
      const prompts = said.split(prompt).length - 1;
      if (prompts > 1) fail(becomeRefused(host, become, 'sudo: incorrect password'));
      else if (prompts === 1 && !asked) {
        asked = true;
        write(`${reveal(password)}\n`);
      }
    };
    const done = (): void => {
      clearTimeout(timer);
      stream.stdout.off('data', onOut);
      stream.stderr.off('data', onError);
    };
    stream.stdout.on('data', onOut);
    stream.stderr.on('data', onError);
    const ended = ({ why }: { why: string }): void => {
      const lost = new UnreachableError(`${host} gave no shell: ${lastWords(printed) || why}`, {
        hint: 'the user needs a login shell that can run /bin/sh',
      });
      fail(tellingLines(said).length === 0 ? lost : refused());
    };
    void stream.closed.then(ended);
    write(passwordText(become, options.shell, mark, prompt));
  });
}
