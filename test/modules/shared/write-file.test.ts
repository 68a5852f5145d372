import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { writeFile } from '../../../engine/modules/shared/write-file.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { runScript, shells, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { makeImmutable, mounted, mountOver, remount } from '../hard-places.ts';
import { nameHere } from '../temporary-names.ts';

const writing = (...of: Parameters<typeof writeFile>) => scriptOf({ alters: [writeFile(...of)] });

describe.each(shells)('writing under %s', (shell) => {
  const host = new TestHost({ shell });

  /** busybox has no lsattr to tell which of both it is. */
  const immutable = (path: string, what: string): string =>
    shell === 'busybox'
      ? `cannot write ${path}: that is not permitted; perhaps it or its folder is immutable`
      : `cannot write ${path}: ${what} is immutable or append-only (chattr -i)`;

  test('a full disk is named, and nothing is left behind', async () => {
    const at = mounted('size=64k');
    writeFileSync(`${at}/file`, 'old');
    const args = { content: contentOf(Buffer.alloc(500_000, 'x')), dest: `${at}/file` };
    await expect(host.apply(copy, args)).rejects.toThrow(
      // as the last line, which is what people see first
      new RegExp(`cannot write ${at}/file: the disk is full\n--- what was said\n`),
    );
    expect(readdirSync(at)).toEqual(['file']);
    expect(readFileSync(`${at}/file`, 'utf8')).toBe('old');
  });

  test('a read-only file system is named', async () => {
    const at = mounted('size=64k');
    writeFileSync(`${at}/file`, 'old');
    remount(at, 'ro');
    await expect(host.apply(copy, { content: 'new', dest: `${at}/file` })).rejects.toThrow(
      `cannot write ${at}/file: it is on a read-only file system`,
    );
    await expect(
      host.apply(copy, { content: 'old', dest: `${at}/file`, mode: '0600' }),
    ).rejects.toThrow(`cannot set mode 0600 of ${at}/file: it is on a read-only file system`);
  });

  test('an immutable file is named, and stays', async () => {
    const at = folder();
    writeFileSync(`${at}/file`, 'old');
    makeImmutable(`${at}/file`);
    await expect(host.apply(copy, { content: 'new', dest: `${at}/file` })).rejects.toThrow(
      immutable(`${at}/file`, `${at}/file`),
    );
    expect(readdirSync(at)).toEqual(['file']);
  });

  test('an immutable folder is named', async () => {
    const at = folder();
    makeImmutable(at);
    await expect(host.apply(copy, { content: 'new', dest: `${at}/file` })).rejects.toThrow(
      immutable(`${at}/file`, at),
    );
  });

  test('a file that is a mount point is named; unsafeWrites writes into it', async () => {
    const at = folder();
    writeFileSync(`${at}/hosts`, 'old');
    writeFileSync(`${at}/outside`, 'old');
    mountOver(`${at}/outside`, `${at}/hosts`);
    const args = { content: 'new', dest: `${at}/hosts` };
    await expect(host.apply(copy, args)).rejects.toThrow(/it is a mount point.*unsafeWrites: true/);
    expect(readFileSync(`${at}/outside`, 'utf8')).toBe('old');
    await host.apply(copy, { ...args, unsafeWrites: true });
    expect(readFileSync(`${at}/outside`, 'utf8')).toBe('new');
    expect(readdirSync(at).toSorted()).toEqual(['hosts', 'outside']);
  });

  test('a folder that vanished since it was read is named', async () => {
    const at = folder();
    const script = writing({ path: `${at}/gone/file`, content: contentOf('x') }, undefined);
    expect(await runScript(script, { shell })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`its folder ${at}/gone is missing`),
    });
  });

  test('a folder that appeared in the way is named, and not filled', async () => {
    const at = folder();
    mkdirSync(`${at}/file`);
    const script = writing({ path: `${at}/file`, content: contentOf('x') }, undefined);
    expect(await runScript(script, { shell })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is a folder'),
    });
    expect([readdirSync(`${at}/file`), readdirSync(at)]).toEqual([[], ['file']]);
  });

  test('an owner that the host does not know is named', async () => {
    const args = { content: 'x', dest: `${folder()}/file`, owner: 'no-such-user' };
    await expect(host.apply(copy, args)).rejects.toThrow(/^there is no user no-such-user$/);
  });

  test('content that arrives incomplete is not taken', async () => {
    const at = folder();
    writeFileSync(`${at}/other`, 'whole');
    const content = { hostPath: `${at}/other`, size: 5, digest: contentOf('longer').digest };
    const script = writing({ path: `${at}/file`, content }, undefined);
    expect(await runScript(script, { shell })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('arrived incomplete: 5 bytes'),
    });
    expect(readdirSync(at)).toEqual(['other']);
  });

  test('a file that changed since it was read is not overwritten', async () => {
    const at = folder();
    writeFileSync(`${at}/file`, 'of somebody else');
    for (const [expected, message] of [
      ['absent', 'appeared since it was read'],
      [contentOf('as read').digest, 'changed since it was read'],
    ] as const) {
      const script = writing(
        { path: `${at}/file`, content: contentOf('ours'), expect: expected },
        undefined,
      );
      const { code, stderr } = await runScript(script, { shell });
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    }
    expect(readFileSync(`${at}/file`, 'utf8')).toBe('of somebody else');
  });

  test('leftovers of killed runs are not in the way and go; what a living process has stays', async () => {
    const at = folder();
    const script = writing({ path: `${at}/file`, content: contentOf('new') }, undefined);
    // The shell's pid is not known before: names that it may take first are there.
    for (let pid = process.pid; pid < process.pid + 300; pid += 1) {
      writeFileSync(`${at}/${nameHere(pid)}`, 'left');
    }
    expect((await runScript(script, { shell })).code).toBe(0);
    expect(readFileSync(`${at}/file`, 'utf8')).toBe('new');
    expect(readdirSync(at)).toContain(nameHere(process.pid));
    expect(readdirSync(at).length).toBeLessThan(300);
  });

  test('a folder without execution (noexec) is no hindrance', async () => {
    const at = mounted('noexec');
    await host.apply(copy, { content: 'x', dest: `${at}/file`, validate: 'grep -q x %s' });
    expect(readFileSync(`${at}/file`, 'utf8')).toBe('x');
  });

  test('validation sees mode and owner as they will be', async () => {
    const at = folder();
    const args = { content: 'x', dest: `${at}/file`, mode: '0640', group: 'nogroup' };
    await host.apply(copy, { ...args, validate: `stat -c %a:%G %s >${at}/seen` });
    expect(readFileSync(`${at}/seen`, 'utf8')).toBe('640:nogroup\n');
  });
});

test('an ACL is kept, and its mask is the new mode', async () => {
  const at = folder();
  const path = `${at}/file`;
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  execFileSync('setfacl', ['-m', 'u:nobody:rw,g:daemon:r', path]);
  const acl = (): string => execFileSync('getfacl', ['-cpE', path], { encoding: 'utf8' });
  const before = acl();
  await new TestHost().apply(copy, { content: 'new', dest: path });
  expect(acl()).toBe(before);
  await new TestHost().apply(copy, { content: 'newer', dest: path, mode: '0600' });
  expect(acl()).toBe(before.replace('mask::rw-', 'mask::---'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
