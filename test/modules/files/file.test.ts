import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { file } from '../../../engine/modules/files/file/index.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { aFile, aFolder } from '../a-file.ts';

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

describe.each(shells)('file under %s', (shell) => {
  const host = new TestHost({ shell });

  /** Applies twice: the second run must change nothing. */
  async function converge(args: Parameters<typeof file>[1] & { path: string }) {
    const step = await host.apply(file, args as never);
    expect((await host.apply(file, args as never)).changed).toBe(false);
    return step;
  }

  test('a folder with every level above it, the leaf with mode and owner', async () => {
    const at = folder();
    const path = `${at}/new level/two/leaf`;
    const args = { path, state: 'directory', mode: '0750', owner: 'nobody' } as const;
    const { plan } = await converge(args);
    expect(plan).toMatchObject({
      differences: [
        { what: `${at}/new level` },
        { what: `${at}/new level/two` },
        { what: 'state' },
      ],
      invalidates: { paths: [`${at}/new level`] },
    });
    expect([modeOf(path), statSync(path).uid]).toEqual(['750', nobody]);
    expect([modeOf(`${at}/new level`), modeOf(`${at}/new level/two`)]).toEqual(['755', '755']);
  });

  test('set-id bits of a folder are set and taken away', async () => {
    const path = `${folder()}/shared`;
    await converge({ path, state: 'directory', mode: '2775' });
    expect(modeOf(path)).toBe('2775');
    await converge({ path, state: 'directory', mode: '0755' });
    expect(modeOf(path)).toBe('755');
  });

  test('in a folder with set-gid a new folder still gets the mode that was asked for', async () => {
    const at = folder();
    chmodSync(at, 0o2755);
    await converge({ path: `${at}/plain`, state: 'directory', mode: '0755' });
    expect(modeOf(`${at}/plain`)).toBe('755');
  });

  test('a link to a folder stands for the folder', async () => {
    const at = folder();
    mkdirSync(`${at}/real`);
    symlinkSync('real', `${at}/link`);
    await converge({ path: `${at}/link`, state: 'directory', mode: '0700' });
    expect([modeOf(`${at}/real`), readlinkSync(`${at}/link`)]).toEqual(['700', 'real']);
  });

  test('recurse: everything below gets mode and owner, X only where it belongs', async () => {
    const at = folder();
    mkdirSync(`${at}/top/sub dir`, { recursive: true });
    writeFileSync(`${at}/top/plain\nfile`, '');
    writeFileSync(`${at}/top/sub dir/tool`, '');
    chmodSync(`${at}/top/sub dir/tool`, 0o700);
    symlinkSync('/etc/passwd', `${at}/top/link`);
    const args = { path: `${at}/top`, state: 'directory', recurse: true } as const;
    await converge({ ...args, mode: 'u=rwX,g=rX,o=', owner: 'nobody' });
    expect(
      ['', '/plain\nfile', '/sub dir', '/sub dir/tool'].map((of) => modeOf(`${at}/top${of}`)),
    ).toEqual(['750', '640', '750', '750']);
    expect(lstatSync(`${at}/top/link`).uid).toBe(nobody);
    expect(statSync('/etc/passwd').uid).toBe(0);
  });

  test('a symbolic link is made, changed in one step, also where it points to a folder', async () => {
    const at = folder();
    mkdirSync(`${at}/one`);
    mkdirSync(`${at}/two`);
    const path = `${at}/current`;
    await converge({ path, state: 'link', src: 'one' });
    const { plan } = await converge({ path, state: 'link', src: 'two', owner: 'nobody' });
    expect(plan).toMatchObject({
      differences: [{ what: 'link', from: 'one', to: 'two' }, { what: 'owner' }],
    });
    expect([readlinkSync(path), lstatSync(path).uid]).toEqual(['two', nobody]);
  });

  test('force: a link to nothing, in place of a file or an empty folder', async () => {
    const at = folder();
    writeFileSync(`${at}/file`, '');
    mkdirSync(`${at}/empty`);
    mkdirSync(`${at}/full/of`, { recursive: true });
    const args = { state: 'link', src: 'nowhere' } as const;
    await expect(host.apply(file, { ...args, path: `${at}/new` })).rejects.toThrow(/not there/);
    await converge({ ...args, path: `${at}/new`, force: true });
    await converge({ ...args, path: `${at}/file`, force: true });
    await converge({ ...args, path: `${at}/empty`, force: true });
    await expect(host.apply(file, { ...args, path: `${at}/full`, force: true })).rejects.toThrow(
      /\/full is a folder that is not empty/,
    );
    expect(existsSync(`${at}/full/of`)).toBe(true);
  });

  test('a hard link, also in place of another file', async () => {
    const at = folder();
    writeFileSync(`${at}/source`, 'text');
    await converge({ path: `${at}/name`, state: 'hard', src: `${at}/source` });
    expect(statSync(`${at}/name`).ino).toBe(statSync(`${at}/source`).ino);
    writeFileSync(`${at}/other`, 'other');
    const args = { path: `${at}/other`, state: 'hard', src: `${at}/source` } as const;
    await expect(host.apply(file, args)).rejects.toThrow(/is a file/);
    await converge({ ...args, force: true });
    expect(readFileSync(`${at}/other`, 'utf8')).toBe('text');
  });

  test('absent removes a file, a link but not its target, and a whole folder', async () => {
    const at = folder();
    mkdirSync(`${at}/tree/deep`, { recursive: true });
    writeFileSync(`${at}/tree/deep/file`, '');
    writeFileSync(`${at}/-rf file`, '');
    symlinkSync('tree', `${at}/link`);
    await converge({ path: `${at}/link`, state: 'absent' });
    expect(existsSync(`${at}/tree/deep/file`)).toBe(true);
    await converge({ path: `${at}/tree`, state: 'absent' });
    await converge({ path: `${at}/-rf file`, state: 'absent' });
    expect([existsSync(`${at}/tree`), existsSync(`${at}/-rf file`)]).toEqual([false, false]);
  });

  test('times are set to the second', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, '');
    const modified = '2001-02-03T04:05:06Z';
    const { plan } = await converge({ path, modified, accessed: '2011-12-13T14:15:16+01:00' });
    expect(plan).toMatchObject({ differences: [{ what: 'modified' }, { what: 'accessed' }] });
    expect(statSync(path).mtime.toISOString()).toBe('2001-02-03T04:05:06.000Z');
    expect(statSync(path).atime.toISOString()).toBe('2011-12-13T13:15:16.000Z');
  });

  test('touch makes a file or sets its time, each time anew', async () => {
    const path = `${folder()}/stamp`;
    const args = { path, state: 'touch', mode: '0600' } as const;
    expect((await host.apply(file, args)).plan.plan).toBe('action');
    expect(modeOf(path)).toBe('600');
    chmodSync(path, 0o644);
    const before = Date.now() - 2000;
    expect((await host.apply(file, args)).changed).toBe(true);
    expect(modeOf(path)).toBe('600');
    expect(statSync(path).mtimeMs).toBeGreaterThan(before);
  });

  test('permissions that fall are taken away before another gets the file', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, '');
    chmodSync(path, 0o666);
    const { plan } = await converge({ path, mode: '0640', group: 'nogroup' });
    const own = { type: 'file', least: '0640', owner: ':nogroup', mode: '0640' };
    expect(plan).toMatchObject({ alters: [{ kind: 'attributes', path, ...own }] });
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    const args = { path: `${folder()}/new`, state: 'directory' } as const;
    await expect(idle.apply(file, args)).rejects.toThrow('applied, but state is absent');
  });

  test('what lies in a folder that cannot be searched is denied', async () => {
    const at = folder();
    chownSync(at, 0, 0);
    chmodSync(at, 0o700);
    const user = new TestHost({ shell, uid: nobody });
    const args = { path: `${at}/x`, state: 'absent' } as const;
    await expect(user.apply(file, args)).rejects.toThrow('cannot be searched');
  });

  test('without the right to do it, path, cause and user are named', async () => {
    const at = folder();
    writeFileSync(`${at}/file`, '');
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(file, { path: `${at}/file`, state: 'absent' })).rejects.toThrow(
      new RegExp(`cannot remove ${at}/file: nobody may not write in ${at}; set become`),
    );
    await expect(user.apply(file, { path: `${at}/new`, state: 'directory' })).rejects.toThrow(
      /cannot make the folder .*\/new: nobody may not write/,
    );
  });
});

test('hard links that are one file already are the same', async () => {
  const at = folder();
  writeFileSync(`${at}/a`, '');
  linkSync(`${at}/a`, `${at}/b`);
  const plan = await new TestHost().plan(file, { path: `${at}/b`, state: 'hard', src: `${at}/a` });
  expect(plan.plan).toBe('same');
});

const plainFile = aFile({ size: 0 });
const plainFolder = aFolder();

describe('plans of file', () => {
  testModule(
    file,
    [
      {
        name: 'what is right is the same',
        want: { path: '/a', mode: '0644' },
        is: { file: plainFile },
        plan: 'same',
      },
      {
        name: 'an owner may be a number',
        want: { path: '/a', owner: 0 },
        is: { file: plainFile },
        plan: 'same',
      },
      {
        name: 'a file that is not there is an error',
        want: { path: '/a' },
        fails: /^\/a is not there$/,
      },
      {
        name: 'a folder is no file',
        want: { path: '/a' },
        is: { file: plainFolder },
        fails: /is a folder/,
      },
      {
        name: 'a file is no folder',
        want: { path: '/a', state: 'directory' },
        is: { file: plainFile },
        fails: /\/a is a file, not a folder/,
      },
      {
        name: 'a dangling link is named with its target',
        want: { path: '/a', mode: '0600' },
        is: { file: aFile({ type: 'link', mode: '0777', target: 'gone' }) },
        fails: /\/a is a link to gone, which is not there/,
      },
      {
        name: 'a link needs src',
        want: { path: '/a', state: 'link' },
        fails: /state link needs src/,
      },
      { name: 'src needs a link', want: { path: '/a', src: 'b' }, fails: /src has no meaning/ },
      {
        name: 'recurse needs a folder',
        want: { path: '/a', recurse: true },
        fails: /recurse needs/,
      },
      {
        name: 'the root is not removed',
        want: { path: '//', state: 'absent' },
        fails: /folder of the system/,
      },
      {
        name: '/usr/lib is not removed',
        want: { path: '/usr/lib/', state: 'absent' },
        fails: /of the system/,
      },
      {
        name: 'a number is no mode',
        want: { path: '/a', mode: 755 as unknown as string },
        fails: /write '0755'/,
      },
      {
        name: 'times with a wrong shape are refused',
        want: { path: '/a', modified: 'yesterday' },
        fails: /Invalid ISO datetime/,
      },
    ],
    test,
  );
});

test('touch is an action wherever it stands, other states are not', () => {
  const { definition } = file;
  const needs = (state: 'touch' | 'file') =>
    definition.needsCondition?.(definition.args.parse({ path: '/a', state }));
  expect([needs('touch'), needs('file')]).toEqual([true, false]);
});
