import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../engine/shell/content.ts';
import { inlineLimit, joinScripts, rawScript, sh } from '../../engine/shell/script.ts';
import { runIn, shells } from './shells.ts';

describe('sh', () => {
  it('quotes words, lists and numbers, and pastes scripts', () => {
    const inner = sh`rm -f -- ${['a b', "it's"]}`;
    expect(sh`${inner} && kill -${9} ${'$x'}`.text).toBe(
      `rm -f -- 'a b' 'it'\\''s' && kill -9 '$x'`,
    );
  });

  it('keeps the streams and functions of its parts, in their order', () => {
    const first = contentOf(Buffer.alloc(inlineLimit + 1, 'a'));
    const second = contentOf(Buffer.alloc(inlineLimit + 2, 'b'));
    const script = joinScripts([sh`${first} >x`, rawScript('play_do', ['play_do']), sh`${second}`]);
    expect(script.streams).toEqual([first, second]);
    expect(script.uses).toEqual(['play_receive', 'play_do']);
    expect(script.text).toBe(
      `play_receive ${inlineLimit + 1} >x\nplay_do\nplay_receive ${inlineLimit + 2}`,
    );
  });

  it('prints small content of any bytes under every shell', async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const fixed = [
      every,
      Buffer.from('-n %s \\t\n'),
      Buffer.from('-\0'),
      Buffer.from([0x30, 0, 0x31]),
    ];
    for (const shell of shells) {
      for (const bytes of fixed)
        expect(await runIn(shell, sh`${contentOf(bytes)}`.text)).toEqual(bytes);
      const any = fc.uint8Array({ minLength: 1, maxLength: 300 });
      await fc.assert(
        fc.asyncProperty(any, async (array) => {
          const bytes = Buffer.from(array);
          expect(await runIn(shell, `LC_ALL=C; ${sh`${contentOf(bytes)}`.text}`)).toEqual(bytes);
        }),
        { numRuns: 20 },
      );
    }
  }, 30_000);
});
