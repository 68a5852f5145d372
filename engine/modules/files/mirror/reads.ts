/** What is asked of a folder that is to hold files: the files and folders, by one manifest. */
import type { Read } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import { tree, type TreeValue } from '../../../readers/files/tree.ts';
import { pathIn, type Mirror } from './plan.ts';
import { parentOf } from '../../shared/parent.ts';

export type MirrorReads = {
  readonly [path: `/${string}`]: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly tree?: Read<TreeValue>;
};

export function mirrorReads(want: Mirror): MirrorReads {
  const paths = [want.dest, ...want.folders.map((path) => pathIn(want.dest, path))];
  const reads: Record<`/${string}`, Read<FileValue>> = {};
  for (const path of paths) reads[path as `/${string}`] = file({ path, follow: true });
  for (const { path } of want.files) {
    const at = pathIn(want.dest, path);
    reads[at] = file({ path: at, digest: true });
  }
  return {
    ...reads,
    parent: file({ path: parentOf(want.dest), follow: true }),
    ...(want.delete && { tree: tree(want.dest) }),
  };
}

/** Folders that hold the files, parents first. */
export function foldersOf(files: readonly { readonly path: string }[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')));
  }
  return [...folders].toSorted();
}
