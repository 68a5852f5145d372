import { describe, expect, test } from 'vitest';
import { isLoopbackOnly, offersSuite, suiteOf } from '../../../lab/nspawn/apt.ts';

describe('suiteOf', () => {
  test.each([
    ['NAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\nID=debian\n', 'bookworm'],
    ['VERSION_CODENAME="trixie"\n', 'trixie'],
    ['ID=arch\n', 'bookworm'],
    ['', 'bookworm'],
  ])('%j runs %s', (text, suite) => {
    expect(suiteOf(text)).toBe(suite);
  });
});

describe('offersSuite', () => {
  test.each([
    [
      'a deb822 stanza',
      'Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates\n',
      true,
    ],
    ['a stanza for security alone', 'Types: deb\nSuites: bookworm-security\n', true],
    ['one line', 'deb http://mirror.test/debian bookworm main\n', true],
    [
      'one line with options',
      'deb [signed-by=/k.gpg] http://mirror.test/debian bookworm main\n',
      true,
    ],
    ['the old form of security', 'deb http://mirror.test/security bookworm/updates main\n', true],
    ['another suite', 'deb http://mirror.test/debian trixie main\n', false],
    ["another vendor's suite", 'deb https://packages.test/apt tool-bookworm main\n', false],
    ['a comment', '# deb http://mirror.test/debian bookworm main\n', false],
    ['a mirror whose address names it', 'deb http://mirror.test/bookwormish stable main\n', false],
    ['nothing', '', false],
  ])('%s', (_, content, offered) => {
    expect(offersSuite(content, 'bookworm')).toBe(offered);
  });
});

describe('isLoopbackOnly', () => {
  test.each([
    ['nameserver 127.0.0.53\noptions edns0\n', true],
    ['nameserver ::1\n', true],
    ['search example.test\n', true],
    ['nameserver 127.0.0.1\nnameserver 192.0.2.1\n', false],
    ['nameserver 192.0.2.1\n', false],
  ])('%j', (content, only) => {
    expect(isLoopbackOnly(content)).toBe(only);
  });
});
