import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { envFile } from '../../../engine/modules/files/env-file.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { folder } from '../../readers/asking.ts';
import { edited, planOf, refusal } from '../edited.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Arguments = Omit<z.input<typeof envFile.definition.args>, 'path'>;

describe('the file afterwards', () => {
  test.each<[string, string | undefined, Arguments, string]>([
    ['a value is replaced in its place', 'A=1\nB=2\n', { set: { A: 3 } }, 'A=3\nB=2\n'],
    ['a new one comes last', '# c\nA=1\n', { set: { B: 'x' } }, '# c\nA=1\nB=x\n'],
    [
      'a file that is missing is made',
      undefined,
      { set: { A: 'x y', B: true } },
      'A="x y"\nB=true\n',
    ],
    [
      'what a shell would read is escaped',
      '',
      { set: { A: '"$HOME`id`\\' } },
      'A="\\"\\$HOME\\`id\\`\\\\"\n',
    ],
    ['the same value in other quotes is the same', "A='x y'\n", { set: { A: 'x y' } }, "A='x y'\n"],
    [
      'escapes are read',
      'A="x \\"y\\" \\$z"\n',
      { set: { A: 'x "y" $z' } },
      'A="x \\"y\\" \\$z"\n',
    ],
    ['export stays', 'export A=1\n', { set: { A: 2 } }, 'export A=2\n'],
    ['export on demand', '', { set: { A: 2 }, export: true }, 'export A=2\n'],
    ['quotes always', '', { set: { A: 'x' }, quotes: 'always' }, 'A="x"\n'],
    ['quotes never', 'A=x\n', { set: { A: 'y z' }, quotes: 'never' }, 'A=y z\n'],
    ['an empty value', 'A=x\n', { set: { A: '' } }, 'A=\n'],
    ['of two lines the last counts', 'A=1\nA=2\n', { set: { A: 3 } }, 'A=1\nA=3\n'],
    ['unset takes every line', 'A=1\nB=1\nexport A=2\n', { unset: ['A'] }, 'B=1\n'],
    ['a comment is no variable', '#A=1\n', { unset: ['A'] }, '#A=1\n'],
    ['both at once', 'A=1\nB=1\n', { set: { C: 1 }, unset: ['A'] }, 'B=1\nC=1\n'],
  ])('%s', (_, before, args, after) => {
    expect(edited(envFile, before, args).toString()).toBe(after);
  });
});

test('nothing to be unset in a file that is not there is done', () => {
  expect(planOf(envFile, undefined, { unset: ['A'] }).plan).toBe('same');
});

test('a shell reads every value as it was meant', () => {
  const path = `${folder()}/file`;
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\0]/.test(text)),
      (value) => {
        writeFileSync(path, edited(envFile, '', { set: { A: value } }));
        expect(execFileSync('dash', ['-c', `. ${path}; printf %s "$A"`]).toString()).toBe(value);
      },
    ),
    { numRuns: 40 },
  );
});

test.each<[Arguments, string]>([
  [{}, 'give set or unset'],
  [{ set: { A: 1 }, unset: ['A'] }, 'A cannot be both set and unset'],
  [{ set: { A: 'x\ny' } }, 'the value of A must be one line'],
  [{ set: { A: ' x' }, quotes: 'never' }, 'the value of A needs quotes'],
])('%j is a mistake', (args, said) => {
  expect(refusal(envFile, '', args)).toBe(said);
});

test('a name that no shell takes is refused', () => {
  expect(envFile.definition.args.safeParse({ path: '/x', set: { 'a-b': 1 } }).success).toBe(false);
});

test('a secret is written and never shown', () => {
  const plan = planOf(envFile, 'TOKEN=old\n', { set: { TOKEN: secret('hunter2') } });
  expect(plan).toMatchObject({ differences: [{ what: 'TOKEN', from: 'a value', secret: true }] });
  expect(edited(envFile, '', { set: { TOKEN: secret('hunter2') } }).toString()).toBe(
    'TOKEN=hunter2\n',
  );
});
