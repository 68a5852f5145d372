import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { tar, type TarEntry } from '../../../../lab/kubernetes/archive/tar.ts';

const list = (archive: Buffer) =>
  execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '-f', '-'], {
    input: archive,
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));

const file = (path: string, content: string, mode = 0o644): TarEntry => ({
  type: 'file',
  path,
  mode,
  content: Buffer.from(content),
});

describe('tar', () => {
  it('writes what GNU tar reads: modes, root as owner, the time of 1970', () => {
    const archive = tar([
      { type: 'folder', path: 'tmp', mode: 0o1777 },
      file('tmp/run', 'abc', 0o755),
      { type: 'link', path: 'tmp/sh', target: 'run' },
    ]);
    expect(list(archive)).toEqual([
      'drwxrwxrwt 0/0 0 1970-01-01 00:00 tmp/',
      '-rwxr-xr-x 0/0 3 1970-01-01 00:00 tmp/run',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00 tmp/sh -> run',
    ]);
  });

  it.each([0, 1, 511, 512, 513])('keeps %i bytes of content and ends on a block', (size) => {
    const content = 'x'.repeat(size);
    const archive = tar([file('a', content), file('b', 'after')]);
    expect(archive.length % 512).toBe(0);
    const read = (name: string) =>
      execFileSync('tar', ['-xOf', '-', name], { input: archive, encoding: 'utf8' });
    expect(read('a')).toBe(content);
    expect(read('b')).toBe('after');
  });

  it('splits a path over 100 bytes at a slash', () => {
    const path = `${'folder/'.repeat(15)}${'n'.repeat(90)}`;
    expect(list(tar([file(path, '')]))[0]).toContain(path);
  });

  it('counts bytes, not letters, in a path', () => {
    const path = `${'ü'.repeat(40)}/${'ä'.repeat(45)}`;
    const archive = tar([file(path, 'found')]);
    const read = execFileSync('tar', ['-xOf', '-', path], { input: archive, encoding: 'utf8' });
    expect(read).toBe('found');
  });

  it('refuses names that ustar cannot hold', () => {
    expect(() => tar([file('n'.repeat(101), '')])).toThrow(/path is too long/);
    expect(() => tar([file(`${'d'.repeat(156)}/n`, '')])).toThrow(RangeError);
    expect(() => tar([{ type: 'link', path: 'l', target: 't'.repeat(101) }])).toThrow(
      /link target is too long/,
    );
  });

  it('gives equal bytes for equal entries', () => {
    const make = () => tar([file('a', 'one'), { type: 'link', path: 'b', target: 'a' }]);
    expect(make().equals(make())).toBe(true);
    expect(make().equals(tar([file('a', 'two')]))).toBe(false);
  });
});
