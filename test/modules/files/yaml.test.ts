import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import type { z } from 'zod';
import { yamlFormat } from '../../../engine/modules/files/yaml/edit.ts';
import { yaml } from '../../../engine/modules/files/yaml/index.ts';
import { TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { edited, refusal } from '../edited.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Arguments = Omit<z.input<typeof yaml.definition.args>, 'path'>;

const kubelet = `# the kubelet
apiVersion:   kubelet.config.k8s.io/v1beta1   # odd blanks
kind: 'KubeletConfiguration'

evictionHard: # when it gets tight
  memory.available: "100Mi"   # memory

  # the disk
  nodefs.available: 10%
featureGates: {A: true, B: false}
clusterDNS:
- 10.96.0.10
- 10.96.0.11   # the second
text: |
  one
    two
empty:
# the end
last: 1
`;

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    [
      'a scalar',
      kubelet,
      { key: 'kind', value: 'Other' },
      kubelet.replace("'KubeletConfiguration'", 'Other'),
    ],
    [
      'beside odd blanks and a comment',
      kubelet,
      { key: 'apiVersion', value: 'v2' },
      kubelet
        .replace('  kubelet.config.k8s.io/v1beta1 ', 'v2 ')
        .replace(':   v2', ': v2')
        .replace(': v2  ', ': v2  '),
    ],
    [
      'deep within, under a key with a dot',
      kubelet,
      { key: ['evictionHard', 'memory.available'], value: '200Mi' },
      kubelet.replace('"100Mi"', '200Mi'),
    ],
    [
      'a new key of a map comes behind its last line',
      kubelet,
      { key: ['evictionHard', 'imagefs.available'], value: '15%' },
      kubelet.replace('10%\n', '10%\n  imagefs.available: 15%\n'),
    ],
    [
      'a new key of the document comes last',
      kubelet,
      { key: 'more', value: { a: [1, { b: 2 }] } },
      `${kubelet}more:\n  a:\n  - 1\n  - b: 2\n`,
    ],
    [
      'a value of a map on one line',
      kubelet,
      { key: 'featureGates.B', value: true },
      kubelet.replace('B: false', 'B: true'),
    ],
    [
      'a new key of a map on one line',
      kubelet,
      { key: 'featureGates.C', value: 'x, y' },
      kubelet.replace('B: false}', 'B: false, C: "x, y"}'),
    ],
    [
      'an item',
      kubelet,
      { key: 'clusterDNS.1', value: '10.96.0.12' },
      kubelet.replace('0.11 ', '0.12 '),
    ],
    [
      'a further item',
      kubelet,
      { key: ['clusterDNS', 2], value: '::1' },
      kubelet.replace('second\n', 'second\n- ::1\n'),
    ],
    [
      'a list on one line stays on it',
      'a: [1, 2]\n',
      { key: ['a', 2], value: 3 },
      'a: [1, 2, 3]\n',
    ],
    [
      'a list for a list',
      kubelet,
      { key: 'clusterDNS', value: ['a'] },
      kubelet.replace(/- 10\.96\.0\.10\n.*second\n/, '- a\n'),
    ],
    [
      'a list for a list on one line',
      'a: [1, 2] # c\n',
      { key: 'a', value: [3] },
      'a: [ 3 ] # c\n',
    ],
    [
      'a text of several lines',
      kubelet,
      { key: 'text', value: 'x\n y\n' },
      kubelet.replace('one\n    two', 'x\n   y'),
    ],
    [
      'a scalar for a text of several lines',
      kubelet,
      { key: 'text', value: 'x' },
      kubelet.replace('|\n  one\n    two', 'x'),
    ],
    [
      'a text of several lines for a scalar',
      'a:\n  b: 1 # c\n',
      { key: 'a.b', value: 'x\ny\n' },
      'a:\n  b: |\n    x\n    y\n',
    ],
    [
      'a value for nothing',
      kubelet,
      { key: 'empty', value: 3 },
      kubelet.replace('empty:', 'empty: 3'),
    ],
    [
      'a map for nothing',
      kubelet,
      { key: 'empty.a', value: 3 },
      kubelet.replace('empty:', 'empty:\n  a: 3'),
    ],
    ['a map for an empty one', 'a: {}\nb: 1\n', { key: 'a.c', value: 3 }, 'a:\n  c: 3\nb: 1\n'],
    [
      'a scalar for a map keeps the comment above',
      kubelet,
      { key: 'evictionHard', value: 1 },
      kubelet.replace(/memory\.available[^%]*%/, '1'),
    ],
    [
      'a map for a map keeps the comment above',
      kubelet,
      { key: 'evictionHard', value: { a: 1 } },
      kubelet.replace(/memory\.available[^%]*%/, 'a: 1'),
    ],
    [
      'a map for a scalar',
      'a: 1 # c\nb: 2\n',
      { key: 'a', value: { x: 1 } },
      'a:\n  x: 1 # c\nb: 2\n',
    ],
    [
      'four blanks stay four',
      'a:\n    b: 1\n',
      { key: 'c.d', value: 2 },
      'a:\n    b: 1\nc:\n    d: 2\n',
    ],
    [
      'lists that are indented stay so',
      'a:\n  - 1\n',
      { key: 'b', value: [2] },
      'a:\n  - 1\nb:\n  - 2\n',
    ],
    [
      'a key of a map in a list',
      'a:\n- b: 1\n  c: 2\n',
      { key: 'a.0.c', value: 3 },
      'a:\n- b: 1\n  c: 3\n',
    ],
    [
      'a new key of a map in a list',
      'a:\n- b: 1\n- b: 2\n',
      { key: 'a.0.c', value: 3 },
      'a:\n- b: 1\n  c: 3\n- b: 2\n',
    ],
    [
      'an item of an empty list',
      'a: []\nb: 1\n',
      { key: ['a', 0, 'c'], value: 3 },
      'a:\n  - c: 3\nb: 1\n',
    ],
    [
      'texts that YAML 1.1 takes for something else are quoted',
      'a: 1\n',
      { key: 'a', value: 'yes' },
      'a: "yes"\n',
    ],
    ['so are modes', 'a: 1\n', { key: 'a', value: '0644' }, 'a: "0644"\n'],
    ['a text that is a number is no number', 'a: 1\n', { key: 'a', value: '1' }, 'a: "1"\n'],
    ['an anchor stays', 'a: &x 1\nb: 2\n', { key: 'a', value: 3 }, 'a: &x 3\nb: 2\n'],
    ['a key that is a number', '1: a\n', { key: '1', value: 'b' }, '1: b\n'],
    ['a document of comments', '# only\n', { key: 'a.b', value: 1 }, '# only\na:\n  b: 1\n'],
    ['a document with its mark', '---\na: 1\n', { key: 'b', value: 2 }, '---\na: 1\nb: 2\n'],
    ['an empty map as the document', '{}\n', { key: 'a', value: 1 }, 'a: 1\n'],
    [
      'the second document',
      'a: 1\n---\na: 1 # x\n',
      { key: 'a', value: 2, document: 1 },
      'a: 1\n---\na: 2 # x\n',
    ],
    [
      'a new key of the first document',
      'a: 1\n---\na: 1\n',
      { key: 'b', value: 2 },
      'a: 1\nb: 2\n---\na: 1\n',
    ],
    ['JSON is YAML', '{"a": {"b": 1}}\n', { key: 'a.b', value: 2 }, '{"a": {"b": 2}}\n'],
    [
      'absent takes the key and its line',
      kubelet,
      { key: 'kind', state: 'absent' },
      kubelet.replace("kind: 'KubeletConfiguration'\n", ''),
    ],
    [
      'absent takes a whole map',
      kubelet,
      { key: 'evictionHard', state: 'absent' },
      kubelet.replace(/evictionHard[^%]*%\n/, ''),
    ],
    [
      'absent takes the last',
      kubelet,
      { key: 'last', state: 'absent' },
      kubelet.replace('last: 1\n', ''),
    ],
    [
      'absent in a map on one line',
      kubelet,
      { key: 'featureGates.A', state: 'absent' },
      kubelet.replace('A: true, ', ''),
    ],
    [
      'absent takes the last of a line',
      kubelet,
      { key: 'featureGates.B', state: 'absent' },
      kubelet.replace(', B: false', ''),
    ],
    [
      'absent takes the only key',
      'a:\n  b: 1\nc: 2\n',
      { key: 'a.b', state: 'absent' },
      'a: {}\nc: 2\n',
    ],
    ['absent takes the only key of all', 'a: 1\n', { key: 'a', state: 'absent' }, '{}\n'],
    [
      'absent takes the first key of an item',
      'a:\n- b: 1\n  c: 2\n',
      { key: 'a.0.b', state: 'absent' },
      'a:\n- c: 2\n',
    ],
    ['absent where nothing is', kubelet, { key: 'x.y', state: 'absent' }, kubelet],
    [
      'the same is left as it is',
      kubelet,
      { key: 'featureGates', value: { B: false, A: true } },
      kubelet,
    ],
  ])('%s', (_, before, args, after) => {
    expect(edited(yaml, before, args).toString()).toBe(after);
  });

  test('a file that is made holds the path', () => {
    const after = edited(yaml, undefined, { key: 'a.b', value: [1], create: true });
    expect(after.toString()).toBe('a:\n  b:\n    - 1\n');
  });
});

test('what ranges cannot do is laid out anew, and people are told', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'a: # of a\n- 1\n# kept\nb:   2\n');
  const { plan } = await new TestHost().apply(yaml, { path, key: 'a', value: { x: [1] } });
  expect(plan).toMatchObject({ notes: [expect.stringContaining('laid out anew')] });
  const after = readFileSync(path, 'utf8');
  expect(parse(after)).toEqual({ a: { x: [1] }, b: 2 });
  expect(after).toContain('# kept');
});

test.each<[string, string, Arguments, RegExp]>([
  ['no YAML', 'a: 1\n b: 2\n', { key: 'a', value: 2 }, /^FILE:\d+:\d+: /],
  [
    'a key that is there twice',
    'a: 1\na: 2\n',
    { key: 'a', value: 3 },
    /^FILE:2:1: Map keys must be unique/,
  ],
  ['a text on the way', 'a: x\n', { key: 'a.b', value: 2 }, /^FILE:1:4: a is no object$/],
  [
    'a hole in a list',
    'a:\n- 1\n',
    { key: 'a.3', value: 2 },
    /^FILE:2:1: a is a list of 1: it has no place 3$/,
  ],
  [
    'an alias on the way',
    'a: &x {b: 1}\nc: *x\n',
    { key: 'c.b', value: 2 },
    /^FILE:2:4: an alias stands on the way/,
  ],
  [
    'an anchor that goes while it is used',
    'a:\n  x: &x 1\nc: *x\n',
    { key: 'a', value: 2 },
    /cannot be edited safely|nresolved alias/,
  ],
  [
    'a document that is not there',
    'a: 1\n',
    { key: 'a', value: 2, document: 1 },
    /^FILE: it has 1 documents: there is none at 1$/,
  ],
  ['an item to be removed', 'a: [1, 2]\n', { key: 'a.0', state: 'absent' }, /^FILE: a is a list/],
])('%s is refused with its place', (_, before, args, said) => {
  expect(refusal(yaml, before, args)).toMatch(said);
});

const words = fc.constantFrom(
  'a',
  'b',
  'c',
  'd.e',
  '1',
  'yes',
  '',
  ' x',
  '#',
  ': ',
  '- ',
  'x\ny',
  '&a',
  '*a',
);
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(words, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

test('whatever is set is there, all else is as it was, and comments stay', () => {
  fc.assert(
    fc.property(
      fc.dictionary(words, data, { minKeys: 1, maxKeys: 4 }),
      fc.array(words, { minLength: 1, maxLength: 3 }),
      data,
      fc.constantFrom('BLOCK_FOLDED', 'BLOCK_LITERAL', 'PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
      fc.boolean(),
      (document, key, value, defaultStringType, indentSeq) => {
        const text = `# first\n${stringify(document, { defaultStringType, indentSeq })}# last\n`;
        let after: string;
        try {
          after = yamlFormat(0).set(text, key, value as never).text;
        } catch (error) {
          expect(String(error)).toMatch(/no object|is a list|is the document/);
          return;
        }
        expect(yamlFormat(0).get(after, key)).toEqual(value);
        const others = (of: string) =>
          Object.entries(parse(of) as object).filter(([name]) => name !== key[0]);
        expect(others(after)).toEqual(others(text));
        expect(after.startsWith('# first\n')).toBe(true);
        expect(after).toContain('# last');
        // The module refuses to take an item of a list away.
        if (Array.isArray(yamlFormat(0).get(after, key.slice(0, -1)))) return;
        const removed = yamlFormat(0).remove(after, key).text;
        expect(yamlFormat(0).get(removed, key)).toBeUndefined();
        expect(others(removed)).toEqual(others(text));
      },
    ),
    { numRuns: 500 },
  );
});
