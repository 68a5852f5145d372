/** Several steps as one script where writing is hard: folders of others, full and closed disks, links. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../../engine/shell/content.ts';
import { shells } from '../../../engine/testing.ts';
import { makeImmutable, mounted, mountOver, remount } from '../../modules/hard-places.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { compose, makes, stateOf, step, writes } from './steps.ts';

describe.each(shells)('under %s', (shell) => {
  test('in folders of others files are written as when each is alone', async () => {
    const at = folder();
    const [theirs, ours] = [`${at}/theirs`, `${at}/ours`];
    mkdirSync(theirs);
    chownSync(theirs, nobody, nobody);
    mkdirSync(ours, { mode: 0o755 });
    mkdirSync(`${theirs}/real`);
    symlinkSync(ours, `${theirs}/link`);
    execFileSync('chown', ['-h', `${nobody}:${nobody}`, `${theirs}/link`]);
    symlinkSync(`${ours}/target`, `${theirs}/z`);
    const { ended, said } = await compose(
      [
        writes(`${ours}/a`, 'a'),
        writes(`${theirs}/b`, 'b'),
        writes(`${theirs}/z`, 'z', { replacesLink: true }),
        writes(`${theirs}/real/c`, 'c'),
        writes(`${theirs}/link/d`, 'd'),
        writes(`${ours}/e`, 'e'),
      ],
      { shell },
    );
    expect(ended).toEqual(['done', 'done', 'done', 'done', 'failed', 'not begun']);
    expect(said).toContain('is left alone: a link in');
    expect(readdirSync(ours)).toEqual(['a']);
    expect(readdirSync(theirs).toSorted()).toEqual(['b', 'link', 'real', 'z']);
    expect(readFileSync(`${theirs}/z`, 'utf8')).toBe('z');
  });

  test('a folder that a step gives away counts as one of others from then on', async () => {
    const at = folder();
    const trace = `${folder()}/trace`;
    const calls = 'trace=openat,open,creat,mkdir,mkdirat';
    const { ended } = await compose(
      [
        makes(`${at}/given`, { mode: '0755', owner: `${nobody}:${nobody}` }),
        makes(`${at}/open`, { mode: '0777' }),
        writes(`${at}/given/a`, 'a'),
        writes(`${at}/open/b`, 'b'),
        writes(`${at}/c`, 'c'),
      ],
      { shell, wrap: ['/usr/bin/strace', '-f', '-y', '-o', trace, '-e', calls] },
    );
    expect(ended).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(stateOf(at)).toHaveLength(5);
    // There it is made in a folder of ours, 0700, not beside its place.
    const stages = readFileSync(trace, 'utf8').match(/mkdir\w*\(.*\.play-/g);
    expect(stages).toHaveLength(2);
  });

  test('a folder with another name, by a bind mount, counts as what its other name makes of it', async () => {
    const at = folder();
    mkdirSync(`${at}/real/given`, { recursive: true });
    mkdirSync(`${at}/other`);
    mountOver(`${at}/real`, `${at}/other`);
    const trace = `${folder()}/trace`;
    const owner = `${nobody}:${nobody}`;
    const { ended } = await compose(
      [
        step({ kind: 'attributes', path: `${at}/other/given`, type: 'directory', owner }),
        writes(`${at}/real/given/a`, 'a'),
        writes(`${at}/real/given/b`, 'b'),
      ],
      { shell, wrap: ['/usr/bin/strace', '-f', '-o', trace, '-e', 'trace=mkdir,mkdirat'] },
    );
    expect(ended).toEqual(['done', 'done', 'done']);
    expect(readFileSync(trace, 'utf8').match(/mkdir\w*\(.*\.play-/g)).toHaveLength(2);
  });

  test('two names of one file are two places', async () => {
    const at = folder();
    mkdirSync(`${at}/real`);
    symlinkSync('real', `${at}/alias`);
    writeFileSync(`${at}/real/x`, 'old');
    linkSync(`${at}/real/x`, `${at}/hard`);
    const old = contentOf('old').digest;
    const { ended, said } = await compose(
      [
        writes(`${at}/hard`, 'hard', { expect: old }),
        writes(`${at}/real/x`, 'first', { expect: old }),
        writes(`${at}/alias/x`, 'second', { expect: old }),
        writes(`${at}/real/y`, 'never'),
      ],
      { shell },
    );
    expect(ended).toEqual(['done', 'done', 'failed', 'not begun']);
    expect(said).toContain('changed since it was read');
    expect(readFileSync(`${at}/hard`, 'utf8')).toBe('hard');
    expect(stateOf(`${at}/real`)).toEqual(['x 0644 first']);
  });

  test('a full disk stops at the first file that has no place, and leaves the rest', async () => {
    const at = mounted('size=64k');
    writeFileSync(`${at}/b`, 'old');
    const { ended, said } = await compose(
      [
        writes(`${at}/a`, 'a'.repeat(20_000)),
        writes(`${at}/b`, 'b'.repeat(60_000)),
        writes(`${at}/c`, 'c'),
      ],
      { shell },
    );
    expect(ended).toEqual(['done', 'failed', 'not begun']);
    expect(said).toContain(`cannot write ${at}/b: the disk is full`);
    expect(readFileSync(`${at}/b`, 'utf8')).toBe('old');
    expect(readdirSync(at).toSorted()).toEqual(['a', 'b']);
  });

  test('where there is place for each new file, but not for all beside the old ones', async () => {
    const at = mounted('size=64k');
    for (const name of ['a', 'b']) writeFileSync(`${at}/${name}`, 'o'.repeat(20_000));
    const { ended } = await compose(
      ['a', 'b'].map((name) => writes(`${at}/${name}`, name.repeat(20_000))),
      { shell },
    );
    expect(ended).toEqual(['done', 'done']);
    expect(readdirSync(at).toSorted()).toEqual(['a', 'b']);
  });

  test('a file system that is read-only, a mount point and an immutable file are told', async () => {
    const at = mounted('size=1m');
    const source = `${folder()}/source`;
    writeFileSync(source, 'old');
    for (const name of ['lies', 'fixed', 'kept']) writeFileSync(`${at}/${name}`, 'old');
    mountOver(source, `${at}/lies`);
    const over = await compose(
      [
        writes(`${at}/kept`, 'new'),
        writes(`${at}/lies`, 'new', { unsafeWrites: true }),
        writes(`${at}/lies`, 'newer'),
        writes(`${at}/last`, ''),
      ],
      { shell },
    );
    expect(over.ended).toEqual(['done', 'done', 'failed', 'not begun']);
    expect(over.said).toContain('it is a mount point');
    expect(readFileSync(source, 'utf8')).toBe('new');
    expect(readdirSync(at).toSorted()).toEqual(['fixed', 'kept', 'lies']);
    remount(at, 'ro');
    const closed = await compose([writes(`${at}/kept`, 'x'), writes(`${at}/other`, 'x')], {
      shell,
    });
    expect(closed.ended).toEqual(['failed', 'not begun']);
    expect(closed.said).toContain('read-only file system');
  });

  test('a user without rights fails at the first file that is not theirs', async () => {
    const at = folder();
    mkdirSync(`${at}/theirs`);
    chownSync(`${at}/theirs`, nobody, nobody);
    const outcome = await compose(
      [
        writes(`${at}/theirs/a`, 'a'),
        makes(`${at}/theirs/b`),
        writes(`${at}/theirs/b/c`, 'c'),
        writes(`${at}/d`, 'd'),
        writes(`${at}/theirs/e`, 'e'),
      ],
      { shell, uid: nobody },
    );
    expect(outcome.ended).toEqual(['done', 'done', 'done', 'failed', 'not begun']);
    expect(outcome.said).toContain('may not write in');
    expect(readdirSync(`${at}/theirs`).toSorted()).toEqual(['a', 'b']);
  });
});

test('an immutable file stops there, and an ACL is kept', async () => {
  const at = folder();
  for (const name of ['a', 'b', 'c']) writeFileSync(`${at}/${name}`, 'old');
  chmodSync(`${at}/a`, 0o640);
  execFileSync('setfacl', ['-m', 'u:nobody:rw', `${at}/a`]);
  const acl = (): string => execFileSync('getfacl', ['-cpE', `${at}/a`], { encoding: 'utf8' });
  const before = acl();
  makeImmutable(`${at}/b`);
  const { ended, said } = await compose(
    ['a', 'b', 'c'].map((name) => writes(`${at}/${name}`, 'new', { mode: '0660' })),
  );
  expect(ended).toEqual(['done', 'failed', 'not begun']);
  expect(said).toContain('is immutable');
  expect(readFileSync(`${at}/a`, 'utf8')).toBe('new');
  expect(acl()).toBe(before);
  expect(readdirSync(at).toSorted()).toEqual(['a', 'b', 'c']);
});
