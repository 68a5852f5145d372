import { describe, expect, test } from 'vitest';
import { fieldLines } from '../../../engine/modules/shared/keyed-lines/fields.ts';
import { bytesOf, linesOf, type Line } from '../../../engine/modules/shared/file-lines.ts';
import {
  ifChanged,
  lastWith,
  onlyWith,
  whichCounts,
  withEach,
  withEntry,
  withoutKeys,
  type LineFormat,
} from '../../../engine/modules/shared/keyed-lines/index.ts';

/** `key value # comment` */
const words = fieldLines(/#/);
const pairs: LineFormat<{ readonly key: string; readonly value: string }> = {
  read: (text) => {
    const [key, value = ''] = words.of(text);
    return key === undefined ? undefined : { key, value };
  },
  keyOf: ({ key }) => key,
  write: ({ key, value }, old) =>
    old === undefined ? `${key} ${value}` : words.put(old, [key, value]),
  isSame: (is, wanted) => is.value === wanted.value,
};

const file = (text: string) => linesOf(Buffer.from(text));
const textOf = (lines: readonly Line[]) => bytesOf(lines, 'utf8').toString();
const put = (text: string, key: string, value: string) =>
  textOf(withEntry(pairs, file(text), { key, value }));

const sample = '# top\n\n a   1  # one\nb 2\na 3\n';

describe('an entry', () => {
  test.each<[string, string, string, string, string]>([
    ['of several lines the last one changes', sample, 'a', '9', sample.replace('a 3', 'a 9')],
    ['blanks and the comment behind it stay', ' a   1  # one\n', 'a', '9', ' a   9  # one\n'],
    ['a new one comes last', sample, 'c', '4', `${sample}c 4\n`],
    ['a last line without an ending gets one', 'a 1', 'b', '2', 'a 1\nb 2\n'],
    ['a changed last line without an ending keeps none', 'a 1', 'a', '2', 'a 2'],
    ['CRLF stays CRLF', 'a 1\r\n', 'b', '2', 'a 1\r\nb 2\r\n'],
    ['an empty file', '', 'a', '1', 'a 1\n'],
    ['a comment is none', '#a 1\n', 'a', '1', '#a 1\na 1\n'],
  ])('%s', (_, before, key, value, after) => {
    expect(put(before, key, value)).toBe(after);
  });

  test('that is right leaves the very lines that were there', () => {
    const before = file(sample);
    const after = withEntry(pairs, before, { key: 'b', value: '2' });
    expect(ifChanged(before, after)).toBeUndefined();
    expect(ifChanged(before, withoutKeys(pairs, before, 'none'))).toBeUndefined();
    expect(
      ifChanged(
        before,
        withEach(pairs, before, (entry) => entry),
      ),
    ).toBeUndefined();
  });
});

test('a key goes with all its lines, and nothing else does', () => {
  expect(textOf(withoutKeys(pairs, file(sample), 'a'))).toBe('# top\n\nb 2\n');
});

test('each entry can be changed, left or taken away', () => {
  const after = withEach(pairs, file(sample), (entry) =>
    entry.value === '1' ? { ...entry, value: '9' } : entry.key === 'b' ? undefined : entry,
  );
  expect(textOf(after)).toBe('# top\n\n a   9  # one\na 3\n');
});

test('of a key with several lines the last counts, and that is said', () => {
  expect(lastWith(pairs, file(sample), 'a')).toEqual({ key: 'a', value: '3' });
  expect(whichCounts(pairs, file(sample), 'a')).toEqual([
    'a stands on lines 3, 5: the last counts',
  ]);
  expect(whichCounts(pairs, file(sample), 'b')).toEqual([]);
});

test('where a second line is a mistake, both are named', () => {
  expect(() => onlyWith(pairs, file(sample), 'a', 'it names a')).toThrow(
    'it names a on lines 3, 5',
  );
  expect(onlyWith(pairs, file(sample), 'b', '')?.index).toBe(3);
});

describe('fields', () => {
  test.each<[string, readonly string[], string]>([
    ['a\tb  c # d', ['a', 'x', 'c'], 'a\tx  c # d'],
    ['a  b', ['a', 'b', 'c'], 'a  b  c'],
    ['a', ['a', 'b'], 'a b'],
    ['  a b c  #d', ['a', 'c'], '  a c  #d'],
  ])('of %j become %j', (text, fields, after) => {
    expect(words.put(text, fields)).toBe(after);
  });

  test('begin no comment where the format wants a blank before it', () => {
    expect(fieldLines(/(?<!\S)#/).of('nas:/a#b /mnt # c')).toEqual(['nas:/a#b', '/mnt']);
    expect(fieldLines(/#/).of('nas:/a#b /mnt # c')).toEqual(['nas:/a']);
  });
});
