import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { replace } from '../../../engine/modules/files/replace.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { applied, edited, refusal } from '../edited.ts';
import { mistakes } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Arguments = Omit<z.input<typeof replace.definition.args>, 'path'>;

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    ['every match is replaced', 'a1 a2\na3\n', { regexp: 'a(\\d)', replace: 'b$1' }, 'b1 b2\nb3\n'],
    ['without replace a match goes', 'x1y1z\n', { regexp: '1' }, 'xyz\n'],
    ['^ and $ are ends of lines', 'a\nb a\na\n', { regexp: '^a$', replace: 'c' }, 'c\nb a\nc\n'],
    ['a match may span lines', 'a\nb\nc\n', { regexp: 'a\\nb', replace: 'x' }, 'x\nc\n'],
    [
      'a line feed is what ends a line here',
      'a\r\n',
      { regexp: 'a', replace: 'b\nc' },
      'b\r\nc\r\n',
    ],
    ['$ stands before a carriage return', 'a b\r\n', { regexp: 'b$', replace: 'c' }, 'a c\r\n'],
    ['names of groups', 'k=v\n', { regexp: /(?<k>k)=v/, replace: '$<k>=w' }, 'k=w\n'],
    ['flags of a regular expression', 'A a\n', { regexp: /^a a$/i, replace: 'b' }, 'A a\n'],
    ['only behind after', 'x a x\n', { regexp: 'x', after: 'a', replace: 'y' }, 'x a y\n'],
    ['only before before', 'x a x\n', { regexp: 'x', before: 'a', replace: 'y' }, 'y a x\n'],
    [
      'only between both',
      '[a]\nk=1\n[b]\nk=1\n[c]\nk=1\n',
      { regexp: '^k=1$', replace: 'k=2', after: '^\\[b\\]', before: '^\\[' },
      '[a]\nk=1\n[b]\nk=2\n[c]\nk=1\n',
    ],
    ['without its after nothing is replaced', 'x\n', { regexp: 'x', after: 'a' }, 'x\n'],
    ['without its before nothing is replaced', 'x\n', { regexp: 'x', before: 'a' }, 'x\n'],
    ['no final newline stays none', 'a', { regexp: 'a', replace: 'b' }, 'b'],
    ['letters beyond ASCII are one', 'ä\n', { regexp: '^.$', replace: 'ö' }, 'ö\n'],
    [
      'what a shell would read is text',
      'a\n',
      { regexp: 'a', replace: "`id` $$(x) '%s\\" },
      "`id` $(x) '%s\\\n",
    ],
  ])('%s', (_, before, args, after) => {
    expect(edited(replace, before, args).toString()).toBe(after);
  });

  test('bytes that are not UTF-8 stay', () => {
    const after = edited(replace, Buffer.from([0xff, 0x61, 0x0a]), {
      regexp: 'a',
      replace: 'ä',
    });
    expect([...after]).toEqual([0xff, 0xc3, 0xa4, 0x0a]);
  });
});

describe.each(shells)('under %s', (shell) => {
  test('matches are replaced, a second run changes nothing', async () => {
    const after = await applied(replace, 'a\nb\n', { regexp: 'a', replace: 'c' }, { shell });
    expect(after).toBe('c\nb\n');
  });

  test('an apply that does nothing fails its verification', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a\n');
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(replace, { path, regexp: 'a' })).rejects.toThrow(/^applied, but/);
  });

  test('a file that may not be read is denied', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(replace, { path, regexp: 'a' })).rejects.toThrow('cannot be read');
  });
});

test('a replacement that is matched again is refused', () => {
  const said = refusal(replace, 'a\n', { regexp: 'a', replace: 'aa' });
  expect(said).toBe('the replacement matches a again');
});

test('a file that is not there is an error', async () => {
  const path = `${folder()}/none`;
  await expect(new TestHost().plan(replace, { path, regexp: 'a' })).rejects.toThrow('is not there');
});

test('people see how many places, and never a secret', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'a a\n');
  const host = new TestHost({ diff: true });
  const { plan } = await host.apply(replace, { path, regexp: 'a', replace: secret('hunter2') });
  expect(plan).toMatchObject({ differences: [{ from: '2 places', secret: true }] });
  expect(JSON.stringify(plan.plan === 'change' && plan.differences)).not.toContain('hunter2');
  expect(readFileSync(path, 'utf8')).toBe('hunter2 hunter2\n');
});

test('what is no regular expression is a mistake', () => {
  expect(mistakes(replace, { path: '/x', regexp: '(' })).toEqual([
    'regexp is not a regular expression: (',
  ]);
});
