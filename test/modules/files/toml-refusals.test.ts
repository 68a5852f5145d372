import { expect, test } from 'vitest';
import type { z } from 'zod';
import { toml } from '../../../engine/modules/files/toml/index.ts';
import { refusal } from '../edited.ts';

type Arguments = Omit<z.input<typeof toml.definition.args>, 'path'>;

const servers = `[[servers]]
name = "a"
[servers.tls]
on = true

[[servers]]
name = "b"
`;

test.each<[string, string, Arguments, string]>([
  ['no value', 'a = \n', { key: 'a', value: 2 }, 'FILE:2:1: a value is missing'],
  ['no TOML value', 'a = yes\n', { key: 'a', value: 2 }, 'FILE:1:5: unexpected character'],
  ['no key', '= 1\n', { key: 'a', value: 2 }, 'FILE:1:1: unexpected token'],
  ['more on the line', 'a = 1 b\n', { key: 'a', value: 2 }, 'FILE:1:7: the line should end here'],
  [
    'a text without an end',
    'a = "x\n',
    { key: 'a', value: 2 },
    'FILE:1:7: unterminated string constant',
  ],
  ['a list without an end', 'a = [1\n', { key: 'a', value: 2 }, 'FILE:2:1: unterminated array'],
  [
    'a leading zero',
    'a = 1\nb = 007\n',
    { key: 'a', value: 2 },
    'FILE:2:5: leading zeros are not allowed',
  ],
  [
    'two underscores',
    'a = 1__2\n',
    { key: 'a', value: 2 },
    'FILE:1:7: underscores are allowed between digits',
  ],
  [
    'a day that is none',
    'a = 2026-02-30\n',
    { key: 'a', value: 2 },
    'FILE:1:14: unexpected invalid date',
  ],
  ...[
    ['a key that is there twice', 'a = 1\na = 2\n', '2:1'],
    ['a table that is there twice', '[t]\na = 1\n[x]\n[t]\nb = 2\n', '4:2'],
    ['a table of dotted keys with a header', '[a]\nb.c = 1\n[a.b]\nd = 1\n', '3:4'],
    ['an inline table with a header', 'a = { b = 1 }\n[a.c]\nx = 1\n', '2:2'],
    ['a key that is there twice in an inline table', 'x = { a = 1, a = 2 }\n', '1:14'],
    ['a table and a list of tables', '[[a]]\n[a]\n', '2:2'],
    ['a list and a list of tables', 'a = [1]\n[[a]]\n', '2:3'],
  ].map(([name, text, place]): [string, string, Arguments, string] => [
    name ?? '',
    text ?? '',
    { key: 'z', value: 2 },
    `FILE:${place}: this key or table stands above already`,
  ]),
  ['a text on the way', 'a = "x"\n', { key: 'a.b', value: 2 }, 'FILE:1:5: a is no table'],
  [
    'a table in place of a value',
    '[a]\nb = 1\n',
    { key: 'a', value: 2 },
    'FILE: a is a table of its own',
  ],
  [
    'a hole in a list',
    'a = [1]\n',
    { key: 'a.3', value: 2 },
    'FILE:1:5: a is a list of 1: it has no place 3',
  ],
  [
    'a hole in a list of tables',
    servers,
    { key: 'servers.4.x', value: 2 },
    'FILE: servers is a list of 2: it has no place 4',
  ],
  ['null', 'a = 1\n', { key: 'a', value: null }, 'FILE: TOML has no null'],
  [
    'an item to be removed',
    'a = [1, 2]\n',
    { key: 'a.0', state: 'absent' },
    'FILE: a is a list, and the next item takes the place',
  ],
])('%s is refused with its place', (_, before, args, said) => {
  expect(refusal(toml, before, args)).toBe(said);
});
