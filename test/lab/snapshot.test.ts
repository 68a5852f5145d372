import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { differingPaths, readTree } from '../../lab/snapshot.ts';

let root: string;
let volume: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lab-tree-'));
  volume = await mkdtemp(join(tmpdir(), 'lab-volume-'));
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/hostname'), 'one\n', { mode: 0o644 });
  await symlink('hostname', join(root, 'etc/name'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
  await rm(volume, { recursive: true });
});

const read = () => readTree(root, new Map([['/var/lib/docker', volume]]));

/** The paths that differ once something was done. */
async function differenceOf(action: () => Promise<unknown>): Promise<Record<string, string>> {
  const before = await read();
  await action();
  return Object.fromEntries(differingPaths(before, await read()));
}

describe('readTree', () => {
  test('a file, a folder and a link are told apart; a link is not followed', async () => {
    const tree = await read();
    expect(tree.get('/etc')).toMatchObject({ type: 'folder' });
    expect(tree.get('/etc/name')).toMatchObject({ type: 'link', size: 8 });
    expect(tree.get('/etc/hostname')).toMatchObject({
      type: 'file',
      mode: '0644',
      size: 4,
      sha256: '2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806',
    });
  });

  test('what lies in a volume counts as lying on the host', async () => {
    await mkdir(join(root, 'var/lib/docker'), { recursive: true });
    expect(await differenceOf(() => writeFile(join(volume, 'layer'), 'x'))).toEqual({
      '/var/lib/docker/layer': 'added',
    });
  });
});

describe('what differs', () => {
  test('nothing, when nothing was done', async () => {
    expect(await differenceOf(async () => {})).toEqual({});
  });

  test('content of equal length', async () => {
    expect(await differenceOf(() => writeFile(join(root, 'etc/hostname'), 'two\n'))).toEqual({
      '/etc/hostname': 'changed',
    });
  });

  test('the mode alone', async () => {
    expect(await differenceOf(() => chmod(join(root, 'etc/hostname'), 0o600))).toEqual({
      '/etc/hostname': 'changed',
    });
  });

  test('a link that points elsewhere, and a file that is gone', async () => {
    const difference = await differenceOf(async () => {
      await rm(join(root, 'etc/name'));
      await symlink('elsewhere', join(root, 'etc/name'));
      await rm(join(root, 'etc/hostname'));
    });
    expect(difference).toEqual({ '/etc/name': 'changed', '/etc/hostname': 'removed' });
  });

  test('no file that an idle host writes by itself, but its neighbours', async () => {
    const difference = await differenceOf(async () => {
      await mkdir(join(root, 'var/log/journal'), { recursive: true });
      await writeFile(join(root, 'var/log/journal/system.journal'), 'x');
      await writeFile(join(root, 'var/log/wtmp'), 'x');
      await writeFile(join(root, 'var/log/wtmp.1'), 'x');
    });
    expect(difference).toEqual({
      '/var': 'added',
      '/var/log': 'added',
      '/var/log/wtmp.1': 'added',
    });
  });
});
