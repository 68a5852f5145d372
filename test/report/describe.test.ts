import { expect, test } from 'vitest';
import { describeDifferences } from '../../engine/report/describe.ts';
import { bytes, duration, wrap } from '../../engine/report/layout.ts';

test('differences are told in a few words each', () => {
  const text = { path: '/etc/hosts', added: 2, removed: 0, diff: '' };
  expect(
    describeDifferences([
      { what: 'content', from: undefined, to: undefined, text },
      { what: 'unit file', from: undefined, to: undefined, text },
      { what: 'mode', from: '0644', to: '0600' },
      { what: 'owner', from: undefined, to: 'root' },
      { what: 'enabled', from: false, to: true },
      { what: 'groups', from: ['a'], to: ['a', 'b'] },
      { what: 'comment', from: '', to: 'x'.repeat(100) },
      { what: 'password', from: '***', to: '***', secret: true },
    ]),
  ).toMatchInlineSnapshot(
    `"/etc/hosts +2, unit file +2, mode 0644 -> 0600, owner absent -> root, enabled false -> true, groups ["a"] -> ["a","b"], comment '' -> xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..., password (secret)"`,
  );
});

test('long lines break at spaces and hang', () => {
  expect(wrap('  n1  changed  mode 0644 -> 0600, owner root -> nobody', 30, 6)).toBe(
    '  n1  changed  mode 0644 ->\n      0600, owner root ->\n      nobody',
  );
  expect(wrap('/a/very/long/path/without/any/space then words', 20, 2)).toBe(
    '/a/very/long/path/without/any/space\n  then words',
  );
});

test('times and sizes are short', () => {
  expect([40, 9940, 59_400, 61_000, 3_600_000 * 2 + 300_000].map(duration)).toEqual([
    '0.0 s',
    '9.9 s',
    '59 s',
    '1 min 1 s',
    '2 h 5 min',
  ]);
  expect([12, 2048, 3 * 1024 * 1024].map(bytes)).toEqual(['12 B', '2.0 KiB', '3.0 MiB']);
});
