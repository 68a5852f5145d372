import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { ini } from '../../../engine/modules/files/ini/index.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { edited, planOf, refusal } from '../edited.ts';

type Arguments = Omit<z.input<typeof ini.definition.args>, 'path'>;

const file = `; top
global=1

[main] # the main one
a=1
 b : two words
# c=3

[other]
a = 1
list =
    x
    y
ExecStart=/bin/a
ExecStart=/bin/b
flag
`;

const of = (section: string | undefined, option: string, value: Arguments['value']): Arguments => ({
  ...(section !== undefined && { section }),
  option,
  value,
});

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    ['an option in its section', file, of('main', 'a', 2), file.replace('a=1', 'a=2')],
    [
      'the same option of another section',
      file,
      of('other', 'a', '2'),
      file.replace('a = 1', 'a = 2'),
    ],
    [
      'above the first section',
      file,
      of(undefined, 'global', true),
      file.replace('global=1', 'global=true'),
    ],
    ['with blanks and a colon', file, of('main', 'b', 'x'), file.replace('two words', 'x')],
    [
      'a new option stands behind the last one, written as the others',
      file,
      of('main', 'z', 1),
      file.replace('two words\n', 'two words\n z=1\n'),
    ],
    [
      'a comment is no option',
      file,
      of('main', 'c', 3),
      file.replace('two words\n', 'two words\n c=3\n'),
    ],
    ['a new section stands last', file, of('new', 'a', 1), `${file}\n[new]\na=1\n`],
    [
      'a new option above the first section',
      '[s]\na = 1\n',
      of(undefined, 'g', 1),
      'g = 1\n\n[s]\na = 1\n',
    ],
    ['a section without options', '[s]\n\n[t]\na=1\n', of('s', 'x', 1), '[s]\nx=1\n\n[t]\na=1\n'],
    ['a section of comments', '[s]\n# why\n\n[t]\n', of('s', 'x', 1), '[s]\n# why\nx = 1\n\n[t]\n'],
    ['a value of several lines', file, of('other', 'list', 'x\nz'), file.replace('    y', '    z')],
    ['the same several lines', file, of('other', 'list', 'x\ny'), file],
    [
      'an option without a value gets one',
      file,
      of('other', 'flag', 'on'),
      file.replace('flag', 'flag=on'),
    ],
    ['an empty value', file, of('other', 'a', ''), file.replace('a = 1', 'a =')],
    ['a value for an empty one', '[s]\na =\nb = 1\n', of('s', 'a', 'x'), '[s]\na = x\nb = 1\n'],
    ['several lines for one', '[s]\na = 1\n', of('s', 'a', 'x\ny'), '[s]\na =\n    x\n    y\n'],
    [
      'a list is a line for each',
      file,
      of('other', 'ExecStart', ['/bin/a', '/bin/c', '/bin/d']),
      file.replace('/bin/b\n', '/bin/c\nExecStart=/bin/d\n'),
    ],
    [
      'one value takes the other lines away',
      file,
      of('other', 'ExecStart', '/bin/c'),
      file.replace('ExecStart=/bin/a\nExecStart=/bin/b\n', 'ExecStart=/bin/c\n'),
    ],
    [
      'a separator of its own',
      file,
      { ...of('new', 'a', 1), separator: ': ' },
      `${file}\n[new]\na: 1\n`,
    ],
    ['an empty file', '', of('s', 'a', 'x'), '[s]\na = x\n'],
    [
      'a section that is there twice, and the option once',
      '[s]\na=1\n[t]\n[s]\nb=1\n',
      of('s', 'b', 2),
      '[s]\na=1\n[t]\n[s]\nb=2\n',
    ],
    ['an option alone', '[s]\na = 1\nquick\n', of('s', 'skip', null), '[s]\na = 1\nquick\nskip\n'],
    ['an option alone for one with a value', '[s]\n a = 1\n', of('s', 'a', null), '[s]\n a\n'],
    ['an option that is alone', '[s]\na\n', of('s', 'a', null), '[s]\na\n'],
    ['an option alone for an empty value', '[s]\na\n', of('s', 'a', ''), '[s]\na\n'],
    ['a line behind the last one', '[s]\na=1', of('s', 'b', 2), '[s]\na=1\nb=2\n'],
    ['names are compared with case', '[S]\na=1\n', of('s', 'a', 1), '[S]\na=1\n\n[s]\na=1\n'],
    [
      'a section of git',
      '[remote "x"]\n\turl = a\n\tfetch = b\n',
      of('remote "x"', 'url', 'c'),
      '[remote "x"]\n\turl = c\n\tfetch = b\n',
    ],
    [
      'what a shell would read is text',
      '[s]\n',
      of('s', 'a', "`id` $(x) '%s\\"),
      "[s]\na = `id` $(x) '%s\\\n",
    ],
    [
      'absent takes the option with its further lines',
      file,
      { section: 'other', option: 'list', state: 'absent' },
      file.replace('list =\n    x\n    y\n', ''),
    ],
    [
      'absent takes every line of it',
      file,
      { section: 'other', option: 'ExecStart', state: 'absent' },
      file.replace(/ExecStart.*\n/g, ''),
    ],
    [
      'absent takes a section',
      file,
      { section: 'main', state: 'absent' },
      file.replace(/\[main\][^[]*/, ''),
    ],
    ['absent where nothing is', file, { section: 'none', option: 'a', state: 'absent' }, file],
    ['the same is left as it is', file, of('main', 'b', 'two words'), file],
  ])('%s', (_, before, args, after) => {
    expect(edited(ini, before, args).toString()).toBe(after);
  });

  test('a file that is made holds the section', () => {
    const after = edited(ini, undefined, { ...of('s', 'a', 1), create: true });
    expect(after.toString()).toBe('[s]\na = 1\n');
  });
});

test.each<[Arguments, string]>([
  [{ section: 's', value: 1 }, 'state present needs option'],
  [{ section: 's', option: 'a' }, 'state present needs value'],
  [{ state: 'absent' }, 'state absent needs option or section'],
  [
    { section: 's', option: 'a', value: 1, state: 'absent' },
    'state absent takes no value: it takes the option',
  ],
  [of('s', 'a', ' x'), 'a value cannot begin or end with blanks, or have empty lines'],
  [of('s', 'a', 'x\n\ny'), 'a value cannot begin or end with blanks, or have empty lines'],
])('%j is a mistake', (args, said) => {
  expect(refusal(ini, '', args)).toBe(said);
});

const peers = '[Peer]\nKey = a\nIPs = 1\n\n# two\n[Peer]\nKey = b\nIPs = 2\n';

test.each<[string, Arguments]>([
  ['an option that both have', of('Peer', 'IPs', '3')],
  ['an option that neither has', of('Peer', 'Port', 25)],
  ['the section', { section: 'Peer', state: 'absent' }],
  ['an option that both have, absent', { section: 'Peer', option: 'IPs', state: 'absent' }],
])('of two sections with one name none is guessed: %s', (_, args) => {
  expect(refusal(ini, peers, args)).toMatch(/^FILE: \[Peer\] stands on lines 1, 6: which one/);
});

test('what stands behind a value and goes with it is named: it may be a comment', () => {
  const plan = planOf(ini, '[s]\ndays = 365\t# how long\n', of('s', 'days', 400));
  expect(plan).toMatchObject({
    notes: ['what stood behind the value of days went with it: # how long'],
  });
});

test('a secret is written and never shown', () => {
  const plan = planOf(ini, '[s]\npassword=old\n', of('s', 'password', secret('hunter2')));
  expect(plan).toMatchObject({
    differences: [{ what: '[s] password', from: 'a value', to: 'a secret value', secret: true }],
    after: expect.arrayContaining([]),
  });
  expect(edited(ini, '[s]\n', of('s', 'p', secret('hunter2'))).toString()).toBe(
    '[s]\np = hunter2\n',
  );
});
