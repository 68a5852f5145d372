import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { aFile, aFolder } from '../a-file.ts';

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

describe.each(shells)('copy under %s', (shell) => {
  const host = new TestHost({ shell });

  test('a new file is made, a second run changes nothing', async () => {
    const dest = `${folder()}/new file`;
    const first = await host.apply(copy, { content: 'hello\n', dest });
    expect(first).toMatchObject({ changed: true, result: { path: dest, mode: '0644', size: 6 } });
    expect(readFileSync(dest, 'utf8')).toBe('hello\n');
    const inode = statSync(dest).ino;
    expect(await host.apply(copy, { content: 'hello\n', dest })).toMatchObject({ changed: false });
    expect(statSync(dest).ino).toBe(inode);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['every byte', Buffer.from([...Array(256).keys()])],
    ['shell syntax', Buffer.from('`id` $(id) $HOME \\ %s %% \'"\n\\n')],
    ['CRLF', Buffer.from('a\r\nb\r\n')],
    ['no final newline', Buffer.from('a\nb')],
    ['bytes that are not UTF-8', Buffer.from([0xc3, 0x28, 0x0a])],
    ['two megabytes', Buffer.alloc(2_000_000, 'abc\n')],
  ])('content with %s arrives byte for byte', async (_, bytes) => {
    const dest = `${folder()}/file`;
    await host.apply(copy, { content: contentOf(bytes), dest });
    expect(readFileSync(dest).equals(bytes)).toBe(true);
  });

  test.each(['with space', 'new\nline', '-rf', "it's", '$HOME', 'ünï ☃', '%s', 'back\\slash'])(
    'a file named %j is written, and validated under its name',
    async (name) => {
      const at = `${folder()}/${name}`;
      mkdirSync(at);
      const dest = `${at}/${name}`;
      const args = { content: 'x=1\n', dest, validate: 'grep -q x=1 %s' };
      await host.apply(copy, args);
      expect(readFileSync(dest, 'utf8')).toBe('x=1\n');
      expect(readdirSync(at)).toEqual([name]);
    },
  );

  test('owner and mode of an old file are kept, or set when asked', async () => {
    const dest = `${folder()}/file`;
    writeFileSync(dest, 'old');
    chownSync(dest, nobody, nobody);
    chmodSync(dest, 0o640);
    await host.apply(copy, { content: 'new', dest });
    expect([statSync(dest).uid, statSync(dest).gid, modeOf(dest)]).toEqual([nobody, nobody, '640']);
    await host.apply(copy, { content: 'newer', dest, owner: 'root', mode: 'u=rwx,go=' });
    expect([statSync(dest).uid, statSync(dest).gid, modeOf(dest)]).toEqual([0, nobody, '700']);
  });

  test('a mode by itself is set without a new file', async () => {
    const dest = `${folder()}/file`;
    writeFileSync(dest, 'same');
    const { ino } = statSync(dest);
    const step = await host.apply(copy, { content: 'same', dest, mode: '0600', group: 'nogroup' });
    expect(step.plan).toMatchObject({ differences: [{ what: 'mode' }, { what: 'group' }] });
    expect([statSync(dest).ino, modeOf(dest)]).toEqual([ino, '600']);
  });

  test('validation that fails leaves the link at dest and what it points to', async () => {
    const at = folder();
    writeFileSync(`${at}/real`, 'precious');
    symlinkSync('real', `${at}/link`);
    for (const follow of [false, true]) {
      const args = {
        content: 'bad',
        dest: `${at}/link`,
        follow,
        validate: 'echo line 1 is wrong; false %s',
      };
      await expect(host.apply(copy, args)).rejects.toThrow(/did not pass validation[^]*line 1 is/);
      expect(readlinkSync(`${at}/link`)).toBe('real');
      expect(readFileSync(`${at}/real`, 'utf8')).toBe('precious');
      expect(readdirSync(at).toSorted()).toEqual(['link', 'real']);
    }
  });

  test('a link at dest is replaced, or written through with follow', async () => {
    const at = folder();
    mkdirSync(`${at}/far`);
    writeFileSync(`${at}/far/real`, 'old');
    symlinkSync('far/real', `${at}/link`);
    const through = await host.apply(copy, { content: 'new', dest: `${at}/link`, follow: true });
    expect(through.plan).toMatchObject({
      invalidates: { paths: [`${at}/far/real`, `${at}/link`] },
    });
    expect(readlinkSync(`${at}/link`)).toBe('far/real');
    expect(readFileSync(`${at}/far/real`, 'utf8')).toBe('new');
    await host.apply(copy, { content: 'newest', dest: `${at}/link` });
    expect(lstatSync(`${at}/link`).isFile()).toBe(true);
    expect(readFileSync(`${at}/far/real`, 'utf8')).toBe('new');
  });

  test('a link to a folder is replaced, and not filled', async () => {
    const at = folder();
    mkdirSync(`${at}/sub`);
    symlinkSync('sub', `${at}/link`);
    await host.apply(copy, { content: 'text', dest: `${at}/link` });
    expect(lstatSync(`${at}/link`).isFile()).toBe(true);
    expect(readdirSync(`${at}/sub`)).toEqual([]);
  });

  test('with follow, what a dangling link points to is made', async () => {
    const at = folder();
    symlinkSync('not yet', `${at}/link`);
    await host.apply(copy, { content: 'made', dest: `${at}/link`, follow: true });
    expect(readFileSync(`${at}/not yet`, 'utf8')).toBe('made');
    expect(readlinkSync(`${at}/link`)).toBe('not yet');
  });

  test('backup keeps the old file with its attributes', async () => {
    const at = folder();
    writeFileSync(`${at}/file`, 'old');
    chmodSync(`${at}/file`, 0o604);
    chownSync(`${at}/file`, nobody, 0);
    await host.apply(copy, { content: 'new', dest: `${at}/file`, backup: true, mode: '0600' });
    const kept = readdirSync(at).find((name) => /^file\.\d{8}T\d{6}Z~$/.test(name));
    expect(readFileSync(`${at}/${kept}`, 'utf8')).toBe('old');
    expect([modeOf(`${at}/${kept}`), statSync(`${at}/${kept}`).uid]).toEqual(['604', nobody]);
  });

  test('force: false leaves a file that is there', async () => {
    const dest = `${folder()}/file`;
    writeFileSync(dest, 'own');
    const args = { content: 'ours', dest, force: false };
    expect((await host.apply(copy, args)).changed).toBe(false);
    expect(readFileSync(dest, 'utf8')).toBe('own');
  });

  test('a file of the host is copied, and again when it changed', async () => {
    const at = folder();
    writeFileSync(`${at}/source`, 'one');
    const args = { remoteSrc: `${at}/source`, dest: `${at}/copies/` };
    mkdirSync(`${at}/copies`);
    expect((await host.apply(copy, args)).changed).toBe(true);
    expect((await host.apply(copy, args)).changed).toBe(false);
    writeFileSync(`${at}/source`, 'two');
    await host.apply(copy, args);
    expect(readFileSync(`${at}/copies/source`, 'utf8')).toBe('two');
  });

  test('preserve keeps the mode and time of a file; owner and group too on the host', async () => {
    const at = folder();
    writeFileSync(`${at}/source`, 'one');
    chmodSync(`${at}/source`, 0o750);
    chownSync(`${at}/source`, nobody, nobody);
    utimesSync(`${at}/source`, 1_700_000_000, 1_700_000_000);
    const shape = (path: string) => {
      const { uid, gid, mtimeMs } = statSync(path);
      return [modeOf(path), uid, gid, mtimeMs / 1000];
    };
    for (const args of [
      { remoteSrc: `${at}/source`, dest: `${at}/there`, preserve: true },
      { src: `${at}/source`, dest: `${at}/here`, preserve: true },
    ]) {
      expect((await host.apply(copy, args)).changed).toBe(true);
      expect((await host.apply(copy, args)).changed).toBe(false);
    }
    expect(shape(`${at}/there`)).toEqual(['750', nobody, nobody, 1_700_000_000]);
    expect(shape(`${at}/here`)).toEqual(['750', 0, 0, 1_700_000_000]);
    utimesSync(`${at}/here`, 1, 1);
    const again = await host.apply(copy, {
      src: `${at}/source`,
      dest: `${at}/here`,
      preserve: true,
    });
    expect(again.plan).toMatchObject({ differences: [{ what: 'modified' }] });
    expect(shape(`${at}/here`)).toEqual(['750', 0, 0, 1_700_000_000]);
  });

  test.each([true, false])('a folder is copied whole, on a host with tar: %s', async (tar) => {
    const at = folder();
    const host = new TestHost({ shell, facts: { has: { tar } } });
    mkdirSync(`${at}/site/deep/er`, { recursive: true });
    writeFileSync(`${at}/site/one file`, 'one');
    writeFileSync(`${at}/site/deep/er/run`, 'two');
    chmodSync(`${at}/site/deep/er/run`, 0o755);
    chmodSync(`${at}/site/one file`, 0o600);
    utimesSync(`${at}/site/one file`, 1_700_000_000, 1_700_000_000);
    mkdirSync(`${at}/to`);
    const args = { src: `${at}/site`, dest: `${at}/to/`, directoryMode: '0750', preserve: true };
    const first = await host.apply(copy, args);
    const made = `${at}/to/site`;
    expect(first.result).toMatchObject({ path: made, state: 'directory' });
    expect(Object.keys(first.result.digests ?? {})).toEqual(['deep/er/run', 'one file']);
    expect(readFileSync(`${made}/deep/er/run`, 'utf8')).toBe('two');
    expect([modeOf(`${made}/deep`), modeOf(`${made}/deep/er/run`)]).toEqual(['750', '755']);
    expect([modeOf(`${made}/one file`), statSync(`${made}/one file`).mtimeMs / 1000]).toEqual([
      '600',
      1_700_000_000,
    ]);
    expect((await host.apply(copy, args)).changed).toBe(false);
    writeFileSync(`${made}/one file`, 'own');
    const kept = await host.apply(copy, { ...args, preserve: false, force: false });
    expect([kept.changed, readFileSync(`${made}/one file`, 'utf8')]).toEqual([true, 'own']);
    expect(kept.plan).toMatchObject({ differences: [{ what: `mode of ${made}/one file` }] });
    await host.apply(copy, { ...args, backup: true });
    const backups = readdirSync(made).filter((name) => /^one file\.\d{8}T\d{6}Z~$/.test(name));
    expect(backups).toHaveLength(1);
    expect(readFileSync(`${made}/${backups[0]}`, 'utf8')).toBe('own');
    expect(readFileSync(`${made}/one file`, 'utf8')).toBe('one');
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    const args = { content: 'x', dest: `${folder()}/file` };
    await expect(idle.apply(copy, args)).rejects.toThrow(/^applied, but state is absent/);
  });

  test('a file that may not be read is denied, not overwritten', async () => {
    const dest = `${folder()}/file`;
    writeFileSync(dest, 'x');
    chmodSync(dest, 0o600);
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(copy, { content: 'y', dest })).rejects.toThrow('cannot be read');
  });
});

test('a local file is copied, under its name into a folder', async () => {
  const at = folder();
  writeFileSync(`${at}/local`, 'from here');
  mkdirSync(`${at}/there`);
  const { result } = await new TestHost().apply(copy, { src: `${at}/local`, dest: `${at}/there/` });
  expect(result.path).toBe(`${at}/there/local`);
  expect(readFileSync(`${at}/there/local`, 'utf8')).toBe('from here');
});

test.each([{ validate: 'true %s' }, { follow: true }, { unsafeWrites: true }])(
  'a folder is refused with %j',
  async (more) => {
    const at = folder();
    const args = { src: at, dest: `${at}/to`, ...more };
    await expect(new TestHost().apply(copy, args)).rejects.toThrow(/is a folder, and \w+ is for a/);
  },
);

test('with diff the old text is read, but only where it differs', async () => {
  const dest = `${folder()}/file`;
  writeFileSync(dest, 'old\n');
  const host = new TestHost({ diff: true });
  const plan = await host.plan(copy, { content: 'new\n', dest });
  expect(plan).toMatchObject({
    differences: [{ what: 'content', text: { path: dest, before: 'old\n', after: 'new\n' } }],
  });
});

const there = aFile({ size: 3, digest: 'of something else' });
const etc = aFolder();

describe('plans of copy', () => {
  testModule(
    copy,
    [
      {
        name: 'secret content is neither in the differences nor in the open',
        want: { content: secret('hunter2'), dest: '/etc/key' },
        is: { parent: etc },
        diff: true,
        plan: 'change',
        differences: [{ what: 'content', from: '0 bytes', to: '7 bytes', secret: true }],
        result: { mode: '0600' },
      },
      {
        name: 'a missing folder is named before anything is written',
        want: { content: 'x', dest: '/etc/app/one.conf' },
        fails: /cannot write \/etc\/app\/one\.conf: its folder \/etc\/app is missing/,
      },
      {
        name: 'a file in place of the folder is named',
        want: { content: 'x', dest: '/etc/app/one.conf' },
        is: { parent: there },
        fails: /\/etc\/app is a file, not a folder/,
      },
      {
        name: 'a folder at dest is an error that says what to do',
        want: { content: 'x', dest: '/etc' },
        is: { file: etc, parent: etc },
        fails: /^\/etc is a folder$/,
      },
      {
        name: 'a device at dest is an error',
        want: { content: 'x', dest: '/dev/null' },
        is: { file: { ...there, type: 'character' }, parent: etc },
        fails: /\/dev\/null is a character, not a file/,
      },
      {
        name: 'exactly the written path is invalidated',
        want: { content: 'x', dest: '/etc/one' },
        is: { file: there, parent: etc },
        invalidates: { paths: ['/etc/one'] },
      },
      {
        name: 'preserve has nothing to keep of content',
        want: { content: 'x', dest: '/etc/one', preserve: true },
        fails: /content has no mode or time/,
      },
      {
        name: 'content and src together are refused',
        want: { content: 'x', src: 'y', dest: '/etc/one' },
        fails: /exactly one of content, src and remoteSrc/,
      },
      {
        name: 'a mode that is a number is refused with what to write',
        want: { content: 'x', dest: '/etc/one', mode: 644 as unknown as string },
        fails: /write '0644', not 644/,
      },
      {
        name: 'validate without %s is refused',
        want: { content: 'x', dest: '/etc/one', validate: 'visudo -c' },
        fails: /validate needs %s/,
      },
      {
        name: 'a relative dest is refused',
        want: { content: 'x', dest: 'etc/one' },
        fails: /must be an absolute path/,
      },
      {
        name: 'what check predicts is what the file will be',
        want: { content: 'x', dest: '/etc/one', owner: 'app', mode: '0600' },
        is: { file: there, parent: etc },
        result: { mode: '0600', owner: 'app', group: 'root', size: 1 },
      },
    ],
    test,
  );
});
