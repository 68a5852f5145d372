import { describe, expect, it, test } from 'vitest';
import * as fc from 'fast-check';
import { globToRegex, isGlob } from '../engine/glob.ts';

describe('a glob', () => {
  it.each<[glob: string, matches: readonly string[], others: readonly string[]]>([
    ['web', ['web'], ['web1', 'aweb', 'WEB', '']],
    ['*', ['', 'a', '.hidden', 'a/b', 'two\nlines'], []],
    ['*.log', ['.log', 'a.log', 'a.b.log'], ['alog', 'a.log.1']],
    ['a**b', ['ab', 'axxb'], ['a']],
    ['w?b', ['web', 'w/b', 'w.b', 'w\nb', 'w😀b'], ['wb', 'weeb']],
    ['w0[13]', ['w01', 'w03'], ['w02', 'w013', 'w0[13]']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x', 'Ax']],
    ['[!a-c]x', ['dx', '!x', '\nx'], ['ax', 'x']],
    ['[^a]', ['b', '^'], ['a']],
    ['[a^]', ['a', '^'], ['b']],
    ['[]x]', [']', 'x'], ['[]x]', 'a']],
    ['[!]]', ['a'], [']']],
    ['[a-]', ['a', '-'], ['b']],
    ['[-a]', ['a', '-'], ['b']],
    ['[a\\d]', ['a', '\\', 'd'], ['1']],
    ['[.&&x]', ['.', '&', 'x'], ['a']],
    ['[z-a]x', [], ['x', 'zx', '-x']],
    ['[!z-a]x', ['zx', 'ax'], ['x']],
    ['[z-ab]', ['b'], ['z', 'a', '-']],
    ['[à-ü]', ['é'], ['e']],
    ['[ab', ['[ab'], ['a']],
    ['[]', ['[]'], ['']],
    ['[!]', ['[!]'], ['a']],
    ['a\\*', ['a\\', 'a\\b'], ['a*']],
    ['{a,b}', ['{a,b}'], ['a']],
    ['!a', ['!a'], ['b']],
    ['+(a)|b.c^$', ['+(a)|b.c^$'], ['a', 'b']],
    ['1:2.3-4+deb12~rc1', ['1:2.3-4+deb12~rc1'], ['1:2x3-4+deb12~rc1']],
  ])('%s matches what it says', (glob, matches, others) => {
    const regex = globToRegex(glob);
    expect(matches.filter((name) => !regex.test(name))).toEqual([]);
    expect(others.filter((name) => regex.test(name))).toEqual([]);
  });

  it.each<[glob: string, matches: readonly string[], others: readonly string[]]>([
    ['[10.0.0.?]:22', ['[10.0.0.1]:22'], ['1:22', '[10.0.0.12]:22']],
    ['[a-c]*', ['[a-c]', '[a-c]x'], ['a']],
    ['[]', ['[]'], ['']],
  ])('%s without sets has brackets for what they are', (glob, matches, others) => {
    const regex = globToRegex(glob, { sets: false });
    expect(matches.filter((name) => !regex.test(name))).toEqual([]);
    expect(others.filter((name) => regex.test(name))).toEqual([]);
  });

  it('is an expression for every text, and every name without signs matches itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (text, sets) => {
        const matches = globToRegex(text, { sets }).test(text);
        if (!isGlob(text)) expect(matches).toBe(true);
      }),
    );
  });
});

test('a name is a glob if it has a sign of one', () => {
  expect(['a*', 'a?', '[a'].map(isGlob)).toEqual([true, true, true]);
  expect(isGlob('web-1.example.org:22!{}')).toBe(false);
});
