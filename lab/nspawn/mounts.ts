/** Mounts of the controller, read from the kernel's list. */
import { readFile, rm } from 'node:fs/promises';
import { attempt, demand } from '../program.ts';

export interface Mount {
  readonly path: string;
  readonly type: string;
  /** Options of the file system itself, not of this mount of it. */
  readonly options: readonly string[];
}

/** Reads the text of `/proc/self/mountinfo`. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const [type = '', , options = ''] = after.split(' ');
      return { path: unescapePath(before.split(' ')[4] ?? ''), type, options: options.split(',') };
    });
}

export async function mounts(): Promise<Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

export async function isMounted(path: string): Promise<boolean> {
  return (await mounts()).some((mount) => mount.path === path);
}

/** Unmounts everything at and below a folder, the deepest first. */
export async function unmountUnder(folder: string): Promise<void> {
  const inside = (await mounts())
    .map((mount) => mount.path)
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
  for (const path of inside.toReversed()) await demand(['umount', path]);
}

/** Removes a folder with all it holds, after unmounting, so that nothing outside is reached. */
export async function removeTree(folder: string): Promise<void> {
  await unmountUnder(folder);
  const remove = () => rm(folder, { recursive: true, force: true });
  await remove().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
    // A file that a test made immutable refuses even root.
    await attempt(['chattr', '-R', '-f', '-i', '-a', folder]);
    await remove();
  });
}

/** The kernel writes blanks and backslashes in paths as octal numbers. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
