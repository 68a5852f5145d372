/** Shells of this machine as hosts: one folder holds the roots of all. */
import { chmodSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fleet } from '../run/harness.ts';
import { makeRoots, rootsOf, treeOf } from './fresh-roots.ts';
import type { Ground } from './lane.ts';

/** Where a file costs nothing to write, if there is such a place. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** @param onDisk its roots are where a new file may get the number of one that was removed */
export async function thisMachine({ onDisk = false } = {}): Promise<Ground> {
  const on = await fleet(['a', 'b', 'c'], { below: onDisk ? tmpdir() : memory });
  // Steps become another user.
  chmodSync(on.folder, 0o755);
  const root = join(on.folder, 'roots');
  return {
    on,
    root,
    lay: (program) => makeRoots(root, rootsOf(program)),
    tree: () => treeOf(root),
  };
}
