import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreachableError } from '../../../engine/errors.ts';
import { openSession } from '../../../engine/shell/session/open-session.ts';
import type { Session } from '../../../engine/shell/session/session.ts';
import type { ByteStream } from '../../../engine/transport/transport.ts';
import { read, step } from '../../transport/contract.ts';

interface FarEnd {
  readonly session: Session;
  readonly mark: string;
  say(on: 'out' | 'err', bytes: Buffer | string): void;
  end(): void;
}

/** A session whose far end is the test. */
async function farEnd(): Promise<FarEnd> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let finish: (end: { code: null; why: string }) => void = () => undefined;
  const closed = new Promise<{ code: null; why: string }>((resolve) => {
    finish = resolve;
  });
  const end = (): void => finish({ code: null, why: 'it ended' });
  const stream: ByteStream = { stdin, stdout, stderr, closed, kill: end };
  const session = await openSession(stream, { runId: 'far', host: 'far' });
  let written = '';
  stdin.on('data', (chunk: Buffer) => (written += chunk.toString('latin1')));
  return {
    session,
    get mark() {
      const halves = /tsplay_a=([0-9a-f]+) tsplay_b=([0-9a-f]+)/.exec(written);
      return `${halves?.[1]}${halves?.[2]}`;
    },
    say: (on, bytes) => void (on === 'out' ? stdout : stderr).write(bytes),
    end,
  };
}

/** Lets streams pass on what they hold. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const kinds = ['hello', 'begin', 'end', 'live', 'ready', 'taken', 'gone', 'folder', 'other', ''];
const word = fc.oneof(
  fc.constantFrom('0', '1', '2', '3', '-1', '8388609', '99999999999', 'out', 'err', 'late', ''),
  fc.string({ maxLength: 8 }),
);
/** What a host may say: frames of any kind, number, length and order, bytes, lines without end. */
const saying = fc.record({
  on: fc.constantFrom('out' as const, 'err' as const),
  bytes: fc.oneof(
    fc
      .tuple(fc.constantFrom(...kinds), fc.array(word, { maxLength: 4 }), fc.constantFrom('\n', ''))
      .map(
        ([kind, words, end]) =>
          (mark: string) =>
            `${mark} ${[kind, ...words].join(' ')}${end}`,
      ),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => () => Buffer.from(bytes).toString('latin1')),
    fc.nat(31).map((length) => (mark: string) => mark.slice(0, length)),
    fc.constantFrom(5000, 100_000).map((length) => () => 'x'.repeat(length)),
  ),
});

const greeting = (mark: string, far: FarEnd): void => {
  far.say('out', `${mark} hello root root\n`);
  far.say('err', `${mark} hello\n`);
};

describe('whatever a host says', () => {
  it('every request is settled, and none by a frame of another number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { maxLength: 25 }), fc.boolean(), async (all, greeted) => {
        const far = await farEnd();
        const replies = far.session.exchange([read('true'), step('true'), read('true')]);
        await turn();
        if (greeted) greeting(far.mark, far);
        const said = { out: '', err: '' };
        for (const { on, bytes } of all) {
          const text = bytes(far.mark);
          said[on] += text;
          far.say(on, Buffer.from(text, 'latin1'));
        }
        await turn();
        far.end();
        const settled = await Promise.allSettled(replies);
        settled.forEach((each, index) => {
          if (each.status === 'rejected') {
            expect(each.reason).toBeInstanceOf(Error);
            return;
          }
          expect(said.out).toContain(`${far.mark} end ${index + 1} `);
          expect(said.err).toContain(`${far.mark} end ${index + 1}`);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a few MiB of 300', async () => {
    const far = await farEnd();
    const [reply] = far.session.exchange([read('true')]);
    await turn();
    greeting(far.mark, far);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 300; count += 1) {
      far.say('out', chunk);
      await turn();
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    await expect(reply).rejects.toThrow(/more than 256 MiB came unasked/);
  });
});

describe('an answer', () => {
  const answered = async (out: (mark: string) => string) => {
    const far = await farEnd();
    const replies = far.session.exchange([step('true'), read('true')]);
    await turn();
    const { mark } = far;
    greeting(mark, far);
    far.say('out', out(mark));
    far.say('err', `${mark} begin 1 0\n${mark} end 1\n${mark} end 2\n`);
    await turn();
    far.end();
    return Promise.allSettled(replies);
  };

  it('is what was announced, and not what a program that still runs adds', async () => {
    const [first] = await answered(
      (mark) => `stray${mark} begin 1 2\noklate words${mark} end 1 0 \n${mark} end 2 0 \n`,
    );
    expect(first?.status === 'fulfilled' && first.value.stdout.toString()).toBe('ok');
  });

  it.each([
    ['of the request behind it', (mark: string) => `${mark} end 2 0 \n`],
    ['that begins twice', (mark: string) => `${mark} begin 1 0\n${mark} begin 1 0\n`],
    ['that is longer than announced', (mark: string) => `${mark} begin 1 9999999\n`],
    ['that is shown after it began', (mark: string) => `${mark} begin 1 0\n${mark} live 1 out 1\n`],
    ['with an end among its bytes', (mark: string) => `${mark} begin 1 99\n${mark} end 1 0 \n`],
  ])('%s is none: the session ends', async (_name, out) => {
    const [first] = await answered(out);
    expect(first?.status === 'rejected' && first.reason).toBeInstanceOf(UnreachableError);
    expect(first?.status === 'rejected' && String(first.reason)).toMatch(/as our shell would/);
  });
});
