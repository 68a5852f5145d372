/** Work of root below a folder that somebody else owns: nothing is done through what they set there. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { unarchive } from '../../../engine/modules/files/unarchive/index.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { nameHere } from '../temporary-names.ts';

/** A folder of nobody's beside one that is root's alone. */
function places(): { readonly theirs: string; readonly ours: string } {
  const at = folder();
  chmodSync(at, 0o755);
  const [theirs, ours] = [`${at}/theirs`, `${at}/ours`];
  mkdirSync(theirs);
  chownSync(theirs, nobody, nobody);
  mkdirSync(ours, { mode: 0o755 });
  writeFileSync(`${ours}/secret`, 'root only', { mode: 0o600 });
  return { theirs, ours };
}

function theirLink(to: string, path: string): void {
  symlinkSync(to, path);
  execFileSync('chown', ['-h', `${nobody}:${nobody}`, path]);
}

/** Owner, mode and bytes of what must not change, and what else is beside it. */
const stateOf = (ours: string): string => {
  const { uid, mode } = statSync(`${ours}/secret`);
  const { uid: folderUid, mode: folderMode } = statSync(ours);
  const names = readdirSync(ours).join();
  const content = readFileSync(`${ours}/secret`, 'utf8');
  return JSON.stringify([uid, mode, content, folderUid, folderMode, names]);
};

describe.each(shells)('under %s', (shell) => {
  const host = new TestHost({ shell, facts: { has: { tar: true } } });
  const owner = 'nobody';

  test('files, folders and links are made there as anywhere, with owner and mode', async () => {
    const { theirs } = places();
    await host.apply(copy, { content: 'x', dest: `${theirs}/x`, owner, mode: '0640' });
    await host.apply(file, { path: `${theirs}/a/b`, state: 'directory', owner, mode: '2750' });
    await host.apply(file, { path: `${theirs}/l`, state: 'link', src: 'x', owner });
    await host.apply(copy, { content: 'y', dest: `${theirs}/x`, backup: true });
    const seen = (name: string) => {
      const { uid, mode } = lstatSync(`${theirs}/${name}`);
      return [uid, mode & 0o7777];
    };
    expect(seen('x')).toEqual([nobody, 0o640]);
    expect(seen('a/b')).toEqual([nobody, 0o2750]);
    expect(seen('l')[0]).toBe(nobody);
    expect(readFileSync(`${theirs}/x`, 'utf8')).toBe('y');
    const names = readdirSync(theirs);
    expect(names.filter((name) => name.startsWith('.play'))).toEqual([]);
    const [kept = ''] = names.filter((name) => name.endsWith('~'));
    expect(readFileSync(`${theirs}/${kept}`, 'utf8')).toBe('x');
    await host.apply(file, { path: `${theirs}/a`, state: 'absent' });
    await host.apply(file, { path: `${theirs}/l`, state: 'absent' });
    expect(existsSync(`${theirs}/a`) || existsSync(`${theirs}/l`)).toBe(false);
  });

  test('attributes of what is there are set, below it too', async () => {
    const { theirs } = places();
    execFileSync('sh', ['-c', 'mkdir -p a/b && : >a/f && : >a/b/g && ln -s f a/l'], {
      cwd: theirs,
      uid: nobody,
      gid: nobody,
    });
    await host.apply(file, { path: `${theirs}/a/f`, state: 'file', owner: 'root', mode: '0604' });
    await host.apply(file, {
      path: `${theirs}/a`,
      state: 'directory',
      owner: 'daemon',
      mode: 'u=rwX,go=',
      recurse: true,
    });
    for (const [name, mode] of Object.entries({ a: 0o700, 'a/f': 0o600, 'a/b/g': 0o600 })) {
      const is = statSync(`${theirs}/${name}`);
      expect([name, is.uid, is.mode & 0o777]).toEqual([name, 1, mode]);
    }
    expect(lstatSync(`${theirs}/a/l`).uid).toBe(1);
  });

  test('a link of theirs on the way is refused by all that write', async () => {
    const { theirs, ours } = places();
    theirLink(ours, `${theirs}/conf`);
    const before = stateOf(ours);
    const here = `${theirs}/conf`;
    const content = 'evil';
    const tries = [
      () => host.apply(copy, { content, dest: `${here}/new`, owner }),
      () => host.apply(copy, { content, dest: `${here}/secret`, owner }),
      () => host.apply(file, { path: `${here}/new`, state: 'directory', owner }),
      () => host.apply(file, { path: `${here}/secret`, state: 'file', owner, mode: '0644' }),
      () => host.apply(file, { path: `${here}/secret`, state: 'absent' }),
      () => host.apply(file, { path: `${here}/l`, state: 'link', src: '/etc' }),
      () => host.apply(file, { path: here, state: 'directory', owner, recurse: true }),
      () => host.apply(lineInFile, { path: `${here}/secret`, line: content, owner }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toThrow(/is left alone: a link/);
    expect(stateOf(ours)).toBe(before);
  });

  test('a link of theirs in place of a file is replaced, or not followed', async () => {
    const { theirs, ours } = places();
    const before = stateOf(ours);
    theirLink(`${ours}/secret`, `${theirs}/x`);
    theirLink(`${ours}/secret`, `${theirs}/y`);
    const follows = [
      () => host.apply(file, { path: `${theirs}/y`, state: 'file', owner, mode: '0644' }),
      () => host.apply(lineInFile, { path: `${theirs}/y`, line: 'evil', owner }),
      () => host.apply(copy, { content: 'evil', dest: `${theirs}/y`, follow: true }),
    ];
    for (const attempt of follows) await expect(attempt()).rejects.toThrow(/is left alone: a link/);
    await host.apply(copy, { content: 'x', dest: `${theirs}/x`, owner });
    expect(lstatSync(`${theirs}/x`).isFile()).toBe(true);
    theirLink(ours, `${theirs}/z`);
    await host.apply(copy, { content: 'x', dest: `${theirs}/z`, owner });
    expect(stateOf(ours)).toBe(before);
  });

  test('a link of theirs as a folder of what arrives is refused: archive, mirror, whole folder', async () => {
    const { theirs, ours } = places();
    const source = folder();
    mkdirSync(`${source}/app/conf`, { recursive: true });
    writeFileSync(`${source}/app/conf/evil`, 'evil');
    execFileSync('tar', ['-czf', `${source}/app.tar.gz`, '-C', `${source}/app`, 'conf']);
    theirLink(ours, `${theirs}/conf`);
    const before = stateOf(ours);
    const src = `${source}/app`;
    const tries = [
      () => host.apply(unarchive, { src: `${src}.tar.gz`, dest: theirs, owner }),
      () => host.apply(mirror, { src, dest: theirs, owner }),
      () => host.apply(copy, { src, dest: theirs, owner }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toThrow(/ link|left alone/);
    expect(stateOf(ours)).toBe(before);
    expect(readdirSync(theirs).filter((name) => name.startsWith('.play-'))).toEqual([]);
  });

  test('leftovers of ours go, and nothing that only has such a name', async () => {
    const { theirs } = places();
    const dead = spawnSync('true').pid;
    const [ours, renamed, loose] = [nameHere(dead), `${nameHere(dead)}-2`, `${nameHere(dead)}-3`];
    for (const name of [ours, renamed]) mkdirSync(`${theirs}/${name}`, { mode: 0o700 });
    writeFileSync(`${theirs}/${ours}/.play-made`, '');
    writeFileSync(`${theirs}/${ours}/half`, 'half');
    // A folder of root's, which the owner of the folder around it may rename, but not empty.
    writeFileSync(`${theirs}/${renamed}/backup`, 'of root');
    writeFileSync(`${theirs}/${loose}`, 'half');
    await host.apply(copy, { content: 'x', dest: `${theirs}/x`, owner });
    expect(readdirSync(theirs).toSorted()).toEqual([renamed, 'x'].toSorted());
    expect(readFileSync(`${theirs}/${renamed}/backup`, 'utf8')).toBe('of root');
  });

  test('a link that one archive brings leads no other out of its folder', async () => {
    const { ours } = places();
    const source = folder();
    const dest = `${folder()}/app`;
    mkdirSync(`${source}/1`);
    symlinkSync(ours, `${source}/1/lnk`);
    mkdirSync(`${source}/2/lnk`, { recursive: true });
    writeFileSync(`${source}/2/lnk/evil`, 'evil');
    for (const name of ['1', '2'])
      execFileSync('tar', ['-cf', `${source}/${name}.tar`, '-C', `${source}/${name}`, 'lnk']);
    const before = stateOf(ours);
    await host.apply(unarchive, { src: `${source}/1.tar`, dest });
    const second = host.apply(unarchive, { src: `${source}/2.tar`, dest });
    await expect(second).rejects.toThrow(/lnk is a link, and the archive has a folder/);
    expect(stateOf(ours)).toBe(before);
  });

  test('links that only root can change are followed as before', async () => {
    const { ours } = places();
    symlinkSync('ours', `${ours}/../current`);
    const dest = `${ours.replace(/ours$/, 'current')}/new`;
    await host.apply(copy, { content: 'x', dest });
    await host.apply(file, { path: dest, state: 'file', mode: '0600' });
    expect(statSync(`${ours}/new`).mode & 0o777).toBe(0o600);
    symlinkSync('./ours/../ours/new', `${ours}/../link`);
    await host.apply(lineInFile, { path: `${ours}/../link`.replace('/ours/..', ''), line: 'y' });
    expect(readFileSync(`${ours}/new`, 'utf8')).toContain('y');
  });

  test('their owner works there too, where nobody else can write', async () => {
    const { theirs } = places();
    const user = new TestHost({ shell, uid: nobody });
    await user.apply(copy, { content: 'x', dest: `${theirs}/x`, mode: '0600' });
    expect(statSync(`${theirs}/x`).uid).toBe(nobody);
  });
});
