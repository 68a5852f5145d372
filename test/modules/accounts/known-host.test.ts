import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { knownHost } from '../../../engine/modules/accounts/known-host/index.ts';
import { shells } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { applied, edited, refusal } from '../edited.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Arguments = Omit<z.input<typeof knownHost.definition.args>, 'path'>;

const keyOf = (type: string, body: string): string => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(type.length);
  return `${type} ${Buffer.concat([size, Buffer.from(type), Buffer.from(body)]).toString('base64')}`;
};
const one = keyOf('ssh-ed25519', 'one');
const two = keyOf('ssh-ed25519', 'two');
const rsa = keyOf('ssh-rsa', 'three');

describe('the file afterwards', () => {
  test.each<[string, string | undefined, Arguments, string]>([
    [
      'a new host comes last',
      `x ${one}\n`,
      { name: ['a', 'b'], key: one },
      `x ${one}\na,b ${one}\n`,
    ],
    [
      'a file that is missing is made',
      undefined,
      { name: 'a', key: [one, rsa] },
      `a ${one}\na ${rsa}\n`,
    ],
    ['another key of its type is replaced', `a ${one} c\n`, { name: 'a', key: two }, `a ${two}\n`],
    ['a key of another type stays', `a ${rsa}\n`, { name: 'a', key: one }, `a ${rsa}\na ${one}\n`],
    [
      'the other names of a line keep it',
      `a,b ${one} # c\n`,
      { name: 'a', key: two },
      `b ${one} # c\na ${two}\n`,
    ],
    [
      'only the missing name is added',
      `a ${one}\n`,
      { name: ['a', 'b'], key: one },
      `a ${one}\nb ${one}\n`,
    ],
    [
      'a port makes another name',
      `a ${one}\n`,
      { name: '[a]:2222', key: two },
      `a ${one}\n[a]:2222 ${two}\n`,
    ],
    [
      'the same with a comment is left',
      `# top\na,b ${one} made by hand\n`,
      { name: 'b', key: one },
      `# top\na,b ${one} made by hand\n`,
    ],
    [
      'lines with a marker are left',
      `@cert-authority a ${one}\n`,
      { name: 'a', key: two },
      `@cert-authority a ${one}\na ${two}\n`,
    ],
    [
      'absent takes every key of the name',
      `a,b ${one}\na ${rsa}\nb ${rsa}\n`,
      { name: 'a', state: 'absent' },
      `b ${one}\nb ${rsa}\n`,
    ],
    [
      'absent with a key takes that one',
      `a ${one}\na ${rsa}\n`,
      { name: 'a', key: rsa, state: 'absent' },
      `a ${one}\n`,
    ],
  ])('%s', (_, before, args, after) => {
    expect(edited(knownHost, before, args).toString()).toBe(after);
  });
});

test('names that ssh-keygen hashed are found, and ssh-keygen finds ours', () => {
  const path = `${folder()}/known_hosts`;
  writeFileSync(path, `a ${one}\n`);
  execFileSync('ssh-keygen', ['-Hf', path], { stdio: 'ignore' });
  const theirs = execFileSync('cat', [path]);
  expect(theirs.toString()).toMatch(/^\|1\|/);
  expect(edited(knownHost, theirs, { name: 'a', key: one }).equals(theirs)).toBe(true);
  expect(edited(knownHost, theirs, { name: 'a', key: two }).toString()).toBe(`a ${two}\n`);
  const ours = edited(knownHost, undefined, { name: ['a', '[b]:22022'], key: one, hash: true });
  writeFileSync(path, ours);
  for (const name of ['a', '[b]:22022']) {
    expect(execFileSync('ssh-keygen', ['-F', name, '-f', path]).toString()).toContain(one);
  }
});

test.each<[Arguments, RegExp]>([
  [{ name: 'a' }, /^state present needs key$/],
  [{ name: 'a', key: 'ssh-ed25519 AAAA' }, /is not a public key, or is cut short/],
  [{ name: 'a', key: one.slice(12) }, /is not a public key/],
])('%j is a mistake', (args, said) => {
  expect(refusal(knownHost, '', args)).toMatch(said);
});

test.each(['a b', 'a,b', '|1|x', '[a]', '#a'])('the name %j is refused', (name) => {
  expect(knownHost.definition.args.safeParse({ name, key: one }).success).toBe(false);
});

test.each(shells)('applied twice under %s', async (shell) => {
  const want = { name: 'a', key: one, hash: true };
  expect(await applied(knownHost, undefined, want, { shell })).toMatch(/^\|1\|/);
});
