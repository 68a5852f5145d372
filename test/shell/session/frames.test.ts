import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Collected, FrameReader } from '../../../engine/shell/session/frames.ts';

const mark = '0123456789abcdef0123456789abcdef';

/** A reader that tells nobody. */
const readerOf = (): FrameReader =>
  new FrameReader(mark, {
    bytes: () => undefined,
    frame: () => undefined,
    raw: () => undefined,
    broken: () => undefined,
  });

/** What a reader makes of chunks: bytes joined, frames and raw bytes as they came. */
function parse(chunks: readonly Buffer[]): string {
  let said = '';
  const reader = new FrameReader(mark, {
    bytes: (bytes) => (said += bytes.toString('latin1')),
    frame: (words) => {
      said += `<${words.join('|')}>`;
      return words[0] === 'live' ? Number(words[1]) : undefined;
    },
    raw: (bytes) => (said += bytes.toString('latin1').toUpperCase()),
    broken: (why) => (said += `!${why}`),
  });
  for (const chunk of chunks) reader.feed(chunk);
  return said;
}

describe('FrameReader', () => {
  const stream = Buffer.from(
    `noise${mark.slice(0, 20)}x${mark} hello root\nout${mark} end 1 0 \n${mark} live 4\nra\nwtail`,
  );
  const whole = `noise${mark.slice(0, 20)}x<hello|root>out<end|1|0|><live|4>RA\nWtail`;

  it('finds frames within bytes, and raw bytes after a frame', () => {
    expect(parse([stream])).toBe(whole);
  });

  it('does so wherever the stream is cut', () => {
    for (let at = 0; at <= stream.length; at += 1)
      expect(parse([stream.subarray(0, at), stream.subarray(at)])).toBe(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const sorted = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = sorted.slice(1).map((end, index) => stream.subarray(sorted[index], end));
        expect(parse(chunks)).toBe(whole);
      }),
    );
  });

  it('gives up a frame whose line does not end, and keeps nothing of it', () => {
    const line = Buffer.alloc(1024, 'x');
    const said = parse([Buffer.from(`a${mark} `), ...Array.from({ length: 64 }, () => line)]);
    expect(said).toBe("a!a frame's line is longer than 4096 bytes");
    expect(parse([Buffer.from(`${mark} ${'y'.repeat(5000)}\n${mark} hello\n`)])).toMatch(/^!/);
  });

  it('gives up where a frame stands among announced bytes, however it is cut', () => {
    const stream = Buffer.from(`${mark} live 400\nshort${mark} end 1 0\n`);
    for (let at = 0; at <= stream.length; at += 1) {
      const said = parse([stream.subarray(0, at), stream.subarray(at)]);
      expect(said).toMatch(/^<live\|400>S?H?O?R?T?!a frame stands where bytes were announced$/);
    }
  });

  it('copies no more than it gets, a byte at a time too', () => {
    const copied = vi.spyOn(Buffer, 'concat');
    const reader = readerOf();
    const noise = Buffer.from(`${mark.slice(0, 31)}z`.repeat(2000));
    for (let at = 0; at < noise.length; at += 1) reader.feed(noise.subarray(at, at + 1));
    const bytes = copied.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    expect(bytes).toBeLessThanOrEqual(noise.length * mark.length);
    copied.mockRestore();
  });

  it('passes bytes on as soon as they cannot begin a mark', () => {
    expect(parse([Buffer.from('abc')])).toBe('abc');
    expect(parse([Buffer.from('abc0123')])).toBe('abc');
  });
});

describe('Collected', () => {
  it('keeps what fits and says that the rest was cut', () => {
    const collected = new Collected(5);
    collected.add(Buffer.from('abc'));
    collected.add(Buffer.from('de'));
    expect([collected.bytes().toString(), collected.truncated]).toEqual(['abcde', false]);
    collected.add(Buffer.from('f'));
    expect([collected.bytes().toString(), collected.truncated]).toEqual(['abcde', true]);
  });
});
