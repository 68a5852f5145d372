/** What a host's file system holds, so that two moments can be compared byte for byte. */
import { fileDigest, sha256 } from '../engine/digest.ts';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';

export interface TreeEntry {
  readonly type: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits, as in `0644`. */
  readonly mode: string;
  /** User and group id, as in `0:0`. */
  readonly owner: string;
  /** Bytes of a file or a link's target; 0 for the rest, whose size means nothing. */
  readonly size: number;
  /** Digest of a file's content or a link's target. */
  readonly sha256?: string;
}

/**
 * What is left out: it is no file system of the host, or an idle host changes it by itself.
 * Each ends a whole path or stands for everything below it.
 */
export const ignoredPaths: ReadonlyMap<string, string> = new Map([
  ['/proc', 'the kernel'],
  ['/sys', 'the kernel'],
  ['/dev', 'made anew at each boot'],
  ['/run', 'memory, made anew at each boot'],
  ['/tmp', 'memory, made anew at each boot'],
  ['/var/tmp', 'private folders of services come and go with them'],
  ['/var/log/journal', 'every service writes it'],
  ['/var/log/wtmp', 'each login writes it, also one that only reads'],
  ['/var/log/btmp', 'each refused login writes it'],
  ['/var/log/lastlog', 'each login writes it'],
  ['/var/lib/systemd/timers', 'timers stamp when they last ran'],
  ['/var/lib/systemd/random-seed', 'written anew at each shutdown'],
  ['/var/lib/systemd/timesync', 'the clock is stamped every minute'],
  ['/var/backups', 'a timer of dpkg copies its lists there at midnight'],
]);

/** Files hashed at once; more would only queue at the disk. */
const limit = 16;

/**
 * Reads a tree from the controller.
 * @param root where the controller sees the host's `/`
 * @param volumes folders that the host sees at paths of its own: path → folder
 * @returns path → entry, in no particular order
 */
export async function readTree(
  root: string,
  volumes: ReadonlyMap<string, string>,
): Promise<Map<string, TreeEntry>> {
  const entries = new Map<string, TreeEntry>();
  const hashing = pLimit(limit);
  const visit = async (path: string): Promise<void> => {
    if (ignoredPaths.has(path)) return;
    const real = realPath(path, root, volumes);
    const info = await lstat(real).catch(() => undefined);
    // Gone between being listed and being looked at.
    if (info === undefined) return;
    const mode = (info.mode & 0o7777).toString(8).padStart(4, '0');
    const common = { mode, owner: `${info.uid}:${info.gid}` };
    if (info.isDirectory()) {
      entries.set(path, { type: 'folder', ...common, size: 0 });
      for (const name of await readdir(real))
        await visit(path === '/' ? `/${name}` : join(path, name));
    } else if (info.isSymbolicLink()) {
      const target = await readlink(real);
      entries.set(path, { type: 'link', ...common, size: info.size, sha256: sha256(target) });
    } else if (info.isFile()) {
      pending.push(
        hashing(async () => {
          entries.set(path, {
            type: 'file',
            ...common,
            size: info.size,
            sha256: await digest(real, info.size),
          });
        }),
      );
    } else {
      entries.set(path, { type: 'other', ...common, size: 0 });
    }
  };
  const pending: Promise<void>[] = [];
  await visit('/');
  await Promise.all(pending);
  return entries;
}

/** Paths that differ between two trees, each as `added`, `removed` or `changed`. */
export function differingPaths(
  before: ReadonlyMap<string, TreeEntry>,
  after: ReadonlyMap<string, TreeEntry>,
): Map<string, 'added' | 'removed' | 'changed'> {
  const found = new Map<string, 'added' | 'removed' | 'changed'>();
  for (const [path, entry] of before) {
    const now = after.get(path);
    if (now === undefined) found.set(path, 'removed');
    else if (JSON.stringify(now) !== JSON.stringify(entry)) found.set(path, 'changed');
  }
  for (const path of after.keys()) if (!before.has(path)) found.set(path, 'added');
  return found;
}

function realPath(path: string, root: string, volumes: ReadonlyMap<string, string>): string {
  for (const [inside, outside] of volumes) {
    if (path === inside || path.startsWith(`${inside}/`)) {
      return join(outside, path.slice(inside.length));
    }
  }
  return join(root, path);
}

/** Files up to this many bytes are read in one piece, which is faster; larger ones as a stream. */
const onePiece = 1024 * 1024;

async function digest(file: string, size: number): Promise<string> {
  return size <= onePiece ? sha256(await readFile(file)) : fileDigest(file);
}
