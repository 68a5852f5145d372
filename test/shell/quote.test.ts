import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlayError } from '../../engine/errors.ts';
import { quote } from '../../engine/shell/quote.ts';
import { runIn, shells } from './shells.ts';

const special = Array.from(`'"\\$\`!#~*?[]{}()<>|&;= \t\n\r-aü€`);
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...special), maxLength: 20 }),
);
const noNul = word.filter((text) => !text.includes('\0'));

describe('quote', () => {
  it('leaves plain words as they are, and nothing else', () => {
    expect(['/etc/a.conf', 'x=1', '=x', '~', '', '-n', "it's"].map(quote)).toEqual([
      '/etc/a.conf',
      'x=1',
      `'=x'`,
      `'~'`,
      `''`,
      '-n',
      `'it'\\''s'`,
    ]);
  });

  it('refuses NUL, which no argument can carry', () => {
    expect(() => quote('a\0b')).toThrow(PlayError);
  });

  it('does not let a value become a command', async () => {
    const values = ["a'; echo INJECTED #", '$(echo INJECTED)', '`echo INJECTED`', "$'\\n'"];
    for (const shell of shells)
      for (const value of values)
        expect((await runIn(shell, `printf %s ${quote(value)}`)).toString()).toBe(value);
  });

  it.each(shells.map((shell) => [shell.join(' '), shell] as const))(
    'gives back any words under %s, quoted once and twice',
    async (_name, shell) => {
      const lists = fc.array(noNul, { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(lists, async (words) => {
          const script = `printf '%s\\0' ${words.map(quote).join(' ')}`;
          const expected = words.map((each) => `${each}\0`).join('');
          expect((await runIn(shell, script)).toString()).toBe(expected);
          expect((await runIn(shell, `eval ${quote(script)}`)).toString()).toBe(expected);
        }),
        { numRuns: 25 },
      );
    },
    30_000,
  );
});
