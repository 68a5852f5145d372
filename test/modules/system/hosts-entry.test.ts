import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { hostsEntry } from '../../../engine/modules/system/hosts-entry.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { mistakes } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = Omit<z.input<typeof hostsEntry.definition.args>, 'path'>;

const cases: readonly (readonly [string, string, Want, string])[] = [
  [
    'a new name comes last',
    '127.0.0.1 localhost\n',
    { name: 'a', address: '10.0.0.1', aliases: ['b', 'c'] },
    '127.0.0.1 localhost\n10.0.0.1\ta b c\n',
  ],
  [
    'a last line without an ending gets one',
    '127.0.0.1 localhost',
    { name: 'a', address: '10.0.0.1' },
    '127.0.0.1 localhost\n10.0.0.1\ta\n',
  ],
  [
    'another address loses the name and keeps its others, its blanks and its comment',
    '127.0.1.1   a.example a  other # by the installer\n',
    { name: 'a', address: '10.0.0.1' },
    '127.0.1.1   a.example other # by the installer\n10.0.0.1\ta\n',
  ],
  [
    'a line that has no names left goes',
    '10.0.0.9 a\n10.0.0.2 b\n',
    { name: 'a', address: '10.0.0.1' },
    '10.0.0.2 b\n10.0.0.1\ta\n',
  ],
  [
    'the line of the address gets the name first, the aliases, and keeps its others',
    '10.0.0.1 x a # note\n',
    { name: 'a', address: '10.0.0.1', aliases: ['b'] },
    '10.0.0.1 a b x # note\n',
  ],
  [
    'IPv4 and IPv6 are apart',
    '::1 a\n',
    { name: 'a', address: '127.0.0.1' },
    '::1 a\n127.0.0.1\ta\n',
  ],
  [
    'the same line twice becomes one',
    '10.0.0.1 a\n10.0.0.1 a\n',
    { name: 'a', address: '10.0.0.1' },
    '10.0.0.1 a\n',
  ],
  [
    'a name in a comment is none',
    '# 10.0.0.9 a\n10.0.0.8 b # a\n',
    { name: 'a', address: '10.0.0.1' },
    '# 10.0.0.9 a\n10.0.0.8 b # a\n10.0.0.1\ta\n',
  ],
  [
    'a part of a name is another name',
    '10.0.0.9 a.b ab\n',
    { name: 'a', address: '10.0.0.1' },
    '10.0.0.9 a.b ab\n10.0.0.1\ta\n',
  ],
  [
    'CRLF stays',
    '10.0.0.9 b\r\n',
    { name: 'a', address: '10.0.0.1' },
    '10.0.0.9 b\r\n10.0.0.1\ta\r\n',
  ],
  [
    'absent takes the name everywhere',
    '10.0.0.1 a b\n::1 a\n# kept\n',
    { name: 'a', state: 'absent' },
    '10.0.0.1 b\n# kept\n',
  ],
  [
    'absent with an address takes it there',
    '10.0.0.1 a\n10.0.0.2 a\n',
    { name: 'a', address: '10.0.0.1', state: 'absent' },
    '10.0.0.2 a\n',
  ],
];

describe.each(shells)('hostsEntry under %s', (shell) => {
  test.each(cases)('%s', async (_, before, want, after) => {
    const path = `${folder()}/hosts`;
    writeFileSync(path, before);
    const host = new TestHost({ shell });
    const first = await host.apply(hostsEntry, { ...want, path });
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect(first.changed).toBe(true);
    expect((await host.apply(hostsEntry, { ...want, path })).changed).toBe(false);
  });

  test('where the apply does nothing, the step fails its verification', async () => {
    const path = `${folder()}/hosts`;
    writeFileSync(path, '');
    const host = new TestHost({ shell, skipApply: true });
    await expect(host.apply(hostsEntry, { name: 'a', address: '10.0.0.1', path })).rejects.toThrow(
      'applied, but',
    );
  });
});

test.each([
  ['10.0.0.1   a  # spaced by hand\n', {}],
  ['10.0.0.1 a b c\n', { aliases: ['b'] }],
])('%j is left as it is', async (before, more) => {
  const path = `${folder()}/hosts`;
  writeFileSync(path, before);
  const plan = await new TestHost().plan(hostsEntry, {
    name: 'a',
    address: '10.0.0.1',
    path,
    ...more,
  });
  expect(plan.plan).toBe('same');
});

testModule(
  hostsEntry,
  [
    {
      name: 'absent from a missing file is done',
      want: { name: 'a', state: 'absent' },
      plan: 'same',
    },
    {
      name: 'a bad address is refused',
      want: { name: 'a', address: '10.0.0' },
      fails: /IP address/,
    },
    {
      name: 'a bad name is refused',
      want: { name: 'a b', address: '10.0.0.1' },
      fails: /host name/,
    },
  ],
  test,
);

test('people see the lines that hold the name, before and after', async () => {
  const path = `${folder()}/hosts`;
  writeFileSync(path, '10.0.0.9 a b\n');
  const plan = await new TestHost().plan(hostsEntry, { name: 'a', address: '10.0.0.1', path });
  expect(plan).toMatchObject({
    differences: [{ what: 'a', from: '10.0.0.9 a b', to: '10.0.0.1 a' }],
  });
});

test('present needs an address', () => {
  expect(mistakes(hostsEntry, { name: 'a' })).toEqual(['state present needs address']);
});
