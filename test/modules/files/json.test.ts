import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { json } from '../../../engine/modules/files/json/index.ts';
import { jsonFormat } from '../../../engine/modules/files/json/edit.ts';
import { edited, planOf, refusal } from '../edited.ts';
import { mistakes } from '../planning.ts';

type Arguments = Omit<z.input<typeof json.definition.args>, 'path'>;

const daemon = `{
    "log-driver": "json-file",
    "big": 12345678901234567890,
    "float": 1.0,
    "log-opts": {"max-size": "10m"},
    "hosts": [
        "unix:///run/docker.sock"
    ]
}
`;

const commented = `{
  // of a
  "a": 1, // first
  /* of b,
     at length */
  "b": 2 // last
  // "c": 9
}
`;

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    [
      'a value is replaced, numbers beside it stay as they are written',
      daemon,
      { key: 'log-driver', value: 'journald' },
      daemon.replace('json-file', 'journald'),
    ],
    [
      'a value deep within',
      daemon,
      { key: 'log-opts.max-size', value: '20m' },
      daemon.replace('10m', '20m'),
    ],
    [
      'a new key comes last, indented as its neighbours',
      daemon,
      { key: 'live-restore', value: true },
      daemon.replace('    ]\n}', '    ],\n    "live-restore": true\n}'),
    ],
    [
      'a new key of an object on one line stays on it',
      daemon,
      { key: ['log-opts', 'max-file'], value: '3' },
      daemon.replace('"10m"}', '"10m", "max-file": "3"}'),
    ],
    [
      'objects on the way are made',
      '{\n\t"a": 1\n}\n',
      { key: 'b.c.d', value: [1] },
      '{\n\t"a": 1,\n\t"b": {\n\t\t"c": {\n\t\t\t"d": [\n\t\t\t\t1\n\t\t\t]\n\t\t}\n\t}\n}\n',
    ],
    ['an empty object is filled', '{}\n', { key: 'a', value: 1 }, '{\n  "a": 1\n}\n'],
    [
      'a compact text stays compact',
      '{"a":1}',
      { key: 'b', value: { c: 2 } },
      '{"a":1,"b":{"c":2}}',
    ],
    [
      'null on the way is an object to be',
      '{"a": null}',
      { key: 'a.b', value: 1 },
      '{"a": {"b": 1}}',
    ],
    ['an item by its index', '{"a": [1, 2]}', { key: 'a.1', value: 3 }, '{"a": [1, 3]}'],
    [
      'an index behind the last appends',
      '{"a": [1, 2]}',
      { key: ['a', 2], value: 3 },
      '{"a": [1, 2, 3]}',
    ],
    ['a list as the document', '[\n  1\n]\n', { key: [1], value: 2 }, '[\n  1,\n  2\n]\n'],
    ['a key that is a number', '{"1": 2}', { key: '1', value: 3 }, '{"1": 3}'],
    ['a key with a dot', '{"a.b": 1}', { key: ['a.b'], value: 2 }, '{"a.b": 2}'],
    ['a key with signs', '{}', { key: ['"\\\n'], value: 1 }, '{\n  "\\"\\\\\\n": 1\n}'],
    [
      'of a key that is there twice the last counts',
      '{"a": 1, "a": 2}',
      { key: 'a', value: 3 },
      '{"a": 1, "a": 3}',
    ],
    [
      'the same value in another order is the same',
      '{"a": {"x":1,"y":2}}',
      { key: 'a', value: { y: 2, x: 1 } },
      '{"a": {"x":1,"y":2}}',
    ],
    ['null is a value', '{"a": 1}', { key: 'a', value: null }, '{"a": null}'],
    ['absent takes the first', '{"a": 1, "b": 2}', { key: 'a', state: 'absent' }, '{"b": 2}'],
    [
      'absent takes the last',
      '{\n  "a": 1,\n  "b": 2\n}\n',
      { key: 'b', state: 'absent' },
      '{\n  "a": 1\n}\n',
    ],
    ['absent takes the only one', '{\n  "a": 1\n}\n', { key: 'a', state: 'absent' }, '{}\n'],
    [
      'absent takes both of a key',
      '{"a": 1, "b": 2, "a": 3}',
      { key: 'a', state: 'absent' },
      '{"b": 2}',
    ],
    [
      'comments stay, one behind the last value keeps its line',
      commented,
      { key: 'c', value: 3 },
      commented.replace('2 // last\n', '2, // last\n  "c": 3\n'),
    ],
    [
      'a trailing comma stays one',
      '{\n  "a": [\n    1,\n  ],\n}\n',
      { key: ['a', 1], value: 2 },
      '{\n  "a": [\n    1,\n    2,\n  ],\n}\n',
    ],
    [
      'an object that holds only a comment keeps it',
      '{\n  // none yet\n}\n',
      { key: 'a', value: 1 },
      '{\n  // none yet\n  "a": 1\n}\n',
    ],
    [
      'comments on one line stay in their order',
      '{"a": 1 /* one */}',
      { key: 'b', value: 2 },
      '{"a": 1, /* one */ "b": 2}',
    ],
    [
      'absent takes the line with its comment, and no other',
      commented,
      { key: 'a', state: 'absent' },
      commented.replace('  "a": 1, // first\n', ''),
    ],
    [
      'absent takes the last line and the comma above it',
      commented,
      { key: 'b', state: 'absent' },
      commented.replace('1, // first', '1 // first').replace('  "b": 2 // last\n', ''),
    ],
    [
      'absent between comments on one line',
      '{"a": 1, /* of b */ "b": 2}',
      { key: 'b', state: 'absent' },
      '{"a": 1 /* of b */ }',
    ],
    [
      'absent of the only one leaves a comment',
      '{\n  // why\n  "a": 1\n}\n',
      { key: 'a', state: 'absent' },
      '{\n  // why\n}\n',
    ],
    ['absent where nothing is', '{"a": 1}', { key: 'b.c', state: 'absent' }, '{"a": 1}'],
  ])('%s', (_, before, args, after) => {
    expect(edited(json, before, args).toString()).toBe(after);
  });

  test('a file that is made holds the path', () => {
    const after = edited(json, undefined, { key: 'a.b', value: 1, create: true });
    expect(after.toString()).toBe('{\n  "a": {\n    "b": 1\n  }\n}\n');
  });

  test('an empty file is filled', () => {
    expect(edited(json, '\n', { key: 'a', value: 1 }).toString()).toBe('{\n  "a": 1\n}\n');
  });
});

test.each<[string, string, Arguments, string]>([
  [
    'a comment without an end',
    '{"a": 1} /* x',
    { key: 'a', value: 2 },
    'FILE:1:10: the comment does not end',
  ],
  [
    'two commas',
    '{"a": 1,,}',
    { key: 'a', value: 2 },
    'FILE:1:9: a key must be a text in double quotes',
  ],
  [
    'a comment as shells have it',
    '{\n  # no\n  "a": 1\n}',
    { key: 'a', value: 2 },
    'FILE:2:3: # is no JSON value',
  ],
  ['a leading zero', '{"a": 01}', { key: 'a', value: 2 }, 'FILE:1:8: a comma is missing'],
  ['a missing comma', '{"a": 1 "b": 2}', { key: 'a', value: 2 }, 'FILE:1:9: a comma is missing'],
  ['no JSON', '{a: 1}', { key: 'a', value: 2 }, 'FILE:1:2: a is no JSON value'],
  ['a cut text', '{"a": ', { key: 'a', value: 2 }, 'FILE:1:7: it ends early'],
  ['more behind it', '{} {}', { key: 'a', value: 2 }, 'FILE:1:4: more follows the JSON value'],
  ['a text on the way', '{"a": "x"}', { key: 'a.b', value: 2 }, 'FILE:1:7: a is no object'],
  [
    'a hole in a list',
    '[1]',
    { key: [3], value: 2 },
    'FILE:1:1: the document is a list of 1: it has no place 3',
  ],
])('%s is refused with its place', (_, before, args, said) => {
  expect(refusal(json, before, args)).toBe(said);
});

test('of a key that is there twice the step says which line counts', () => {
  const plan = planOf(json, '{\n"a": 1,\n"a": 2\n}', { key: 'a', value: 3 });
  expect(plan).toMatchObject({ notes: ['a stands on lines 2, 3: the last counts'] });
});

test('a number that JavaScript lacks is not taken for its neighbour', () => {
  const after = edited(json, '{"a": 9007199254740993}', { key: 'a', value: 2 ** 53 });
  expect(after.toString()).toBe('{"a": 9007199254740992}');
});

test('what JSON.parse takes is taken, and nothing else but comments and trailing commas', () => {
  const signs = fc.constantFrom(
    ...Array.from('{}[],:"ab01.-e+ \\\n\t\u00a0'),
    'true',
    'null',
    '"a":',
    '\uFEFF',
  );
  fc.assert(
    fc.property(
      fc.array(signs, { maxLength: 12 }).map((parts) => parts.join('')),
      (text) => {
        fc.pre(!text.includes('\uFEFF') && text.trim() !== '' && !/,\s*[\]}]/.test(text));
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          expect(() => jsonFormat.get(text, [])).toThrow();
          return;
        }
        expect(jsonFormat.get(text, [])).toEqual(value);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('an item of a list is never taken away: the next one would take its place', () => {
  const said = refusal(json, '{"a": [1, 2]}', { key: 'a.0', state: 'absent' });
  expect(said).toBe('FILE: a is a list, and the next item takes the place');
});

const path = fc.array(fc.oneof(fc.string(), fc.constantFrom('a', 'b')), {
  minLength: 1,
  maxLength: 3,
});
const indents = fc.constantFrom('', '  ', '\t', '    ');

test('whatever is set is there, everything else is as it was, and removing it undoes it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('a', 'b', 'c', '', '__proto__'),
        fc.jsonValue({ noUnicodeString: false }),
      ),
      path,
      fc.jsonValue(),
      indents,
      (document, key, value, indent) => {
        const text = JSON.stringify(document, null, indent);
        let after: string;
        try {
          after = jsonFormat.set(text, key, value as never).text;
        } catch {
          return;
        }
        expect(jsonFormat.get(after, key)).toEqual(JSON.parse(JSON.stringify(value)));
        const others = (of: string) => {
          const all = JSON.parse(of) as Record<string, unknown>;
          return Object.entries(all).filter(([name]) => name !== key[0]);
        };
        expect(others(after)).toEqual(others(text));
        const removed = jsonFormat.remove(after, key).text;
        expect(jsonFormat.get(removed, key)).toBeUndefined();
        expect(others(removed)).toEqual(others(text));
      },
    ),
  );
});

test('comments of other lines and trailing commas stay, whatever is set and removed', () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const value = fc.oneof(fc.integer(), fc.constantFrom('x', 'y // no', '/* no */'));
  const document = fc.dictionary(keys, fc.oneof(value, fc.dictionary(keys, value)));
  fc.assert(
    fc.property(
      document,
      fc.array(keys, { minLength: 1, maxLength: 2 }),
      fc.infiniteStream(fc.constantFrom('', ' // c', ' /* c */', '\n// own line')),
      fc.constantFrom('', ','),
      (data, key, signs, trailing) => {
        let count = 0;
        const text = JSON.stringify(data, null, 2)
          .replaceAll(/(?<=[^,{])\n(?= *[}])/g, `${trailing}\n`)
          .replaceAll('\n', () => `${signs.next().value.replace('c', `c${(count += 1)}`)}\n`);
        const comments = (of: string) => of.match(/(?:\/\/|\/\*) (?:c\d|own)[^\n]*/g) ?? [];
        fc.pre(key.length === 1 || typeof (data[key[0] ?? ''] ?? {}) === 'object');
        const before = jsonFormat.get(text, key);
        const after = jsonFormat.set(text, key, 7).text;
        expect(jsonFormat.get(after, key)).toBe(7);
        if (typeof before !== 'object') expect(comments(after)).toEqual(comments(text));
        if (before === undefined && key.length === 1) {
          expect(jsonFormat.remove(after, key).text).toBe(text);
        }
      },
    ),
  );
});

test.each<[z.input<typeof json.definition.args>, string]>([
  [{ path: '/x', key: 'a' }, 'state present needs value'],
  [{ path: '/x', key: 'a', value: 1, state: 'absent' }, 'state absent takes no value'],
])('%j is a mistake', (args, said) => {
  expect(mistakes(json, args)).toEqual([said]);
});

test.each(
  [new Date(), Number.NaN, undefined, 1n, Symbol('x'), () => 1].map((value) => ({ value })),
)('a value that JSON cannot say is refused: %o', ({ value }) => {
  const parsed = json.definition.args.safeParse({ path: '/x', key: 'a', value: [value] });
  expect(parsed.success).toBe(false);
});
