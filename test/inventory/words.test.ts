import { describe, expect, it } from 'vitest';
import { ManyErrors } from '../../engine/errors.ts';
import { splitAssignments } from '../../engine/inventory/variables/assignments.ts';
import { parseExtraVariables } from '../../engine/inventory/variables/extra.ts';
import { shellWords } from '../../engine/inventory/connection/shell-words.ts';

describe('a text as words of a shell', () => {
  it.each([
    ['', []],
    ['  a  b ', ['a', 'b']],
    ["-o 'a b'c", ['-o', 'a bc']],
    ['"a \\"b\\" \\x"', ['a "b" \\x']],
    ['a\\ b \\\\', ['a b', '\\']],
    ['a\\\nb', ['ab']],
    ['"a\\\nb"', ['ab']],
    ['\'\' ""', ['', '']],
  ])('%j is %j', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it.each(["'a", 'a"b', 'a\\', "a 'b' \"", "'a''"])('%s is refused', (text) => {
    expect(() => shellWords(text)).toThrow('a quote or backslash is left open in');
  });
});

describe('-e', () => {
  const extra = async (...args: string[]) =>
    Object.fromEntries(
      [...(await parseExtraVariables(args)).variables].map(([name, { value }]) => [name, value]),
    );

  it('takes values as YAML, the last of a name', async () => {
    expect(await extra('a=1 b=true', ' c=x ', 'a=2')).toEqual({ a: 2, b: true, c: 'x' });
    expect(await extra('{ a: [1] }', 'b=')).toEqual({ a: [1], b: '' });
  });

  it('tells one mistake as it is and several together', async () => {
    await expect(extra('a')).rejects.toThrow('-e: not understood');
    await expect(extra('a')).rejects.not.toBeInstanceOf(ManyErrors);
    await expect(extra('a', 'b=1', 'c')).rejects.toBeInstanceOf(ManyErrors);
  });
});

describe('assignments', () => {
  it('are split at blanks outside quotes', () => {
    expect(splitAssignments("a=1 b='x y'")).toHaveLength(2);
    expect(splitAssignments('a')).toBeUndefined();
  });
});
