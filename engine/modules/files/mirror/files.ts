/** What is to be mirrored: the files of a local folder, or those that code finds. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StepError } from '../../../errors.ts';
import type { FileSource, SourceFile } from '../../../module/file-source.ts';
import { staysBelow } from '../../../module/host-path.ts';
import type { Controller } from '../../../module/module.ts';
import { formatMode } from '../../../readers/files/file-value.ts';
import { largestFile } from './stream.ts';

/**
 * The files, sorted by path.
 * @param only paths of the files to take, all when undefined
 * @throws StepError for a path that leads elsewhere, is there twice, or is wanted and missing
 */
export async function filesToMirror(
  of: {
    readonly src?: string | undefined;
    readonly source?: FileSource | undefined;
    /** Mode and time of the local files. */
    readonly preserve?: boolean;
  },
  only: readonly string[] | undefined,
  controller: Controller,
): Promise<readonly SourceFile[]> {
  const name = of.source?.name ?? of.src ?? '';
  const found = of.source ? await of.source.list() : await filesBelow(of, controller);
  const files = only === undefined ? found : found.filter(({ path }) => only.includes(path));
  const missing = (only ?? []).filter((path) => !files.some((file) => file.path === path));
  if (missing.length > 0) {
    const has = found.map(({ path }) => path).join(', ') || 'no files';
    throw new StepError(`${name} has no ${missing.join(', ')}`, { hint: `it has ${has}` });
  }
  const paths = new Set<string>();
  for (const { path, content } of files) {
    if (!staysBelow(path))
      throw new StepError(`${name}: '${path}' is no path below the destination`);
    if (paths.has(path)) throw new StepError(`${name} has ${path} twice`);
    if (content.size > largestFile) throw new StepError(`${name}: ${path} is too large to be sent`);
    paths.add(path);
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** All regular files below a folder, links followed; a file that may be run stays so. */
async function filesBelow(
  { src = '', preserve }: { readonly src?: string | undefined; readonly preserve?: boolean },
  controller: Controller,
): Promise<SourceFile[]> {
  const root = await controller.path(src);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files: SourceFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const at = join(entry.parentPath, entry.name);
    const { mode, mtimeMs } = await fileAt(at);
    const runnable = (mode & 0o111) === 0 ? '0644' : '0755';
    files.push({
      path: relative(root, at).split(sep).join('/'),
      content: await controller.file(at),
      mode: preserve ? formatMode(mode) : runnable,
      ...(preserve && { modified: Math.floor(mtimeMs / 1000) }),
    });
  }
  return files;
}

/** @throws StepError for what is no file, and for a link to a folder: it could lead in a circle */
async function fileAt(path: string): Promise<{ readonly mode: number; readonly mtimeMs: number }> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return found;
  const what = found?.isDirectory() === true ? 'a link to a folder' : 'no file';
  throw new StepError(`${path} is ${what}`, { hint: 'only files and folders can be mirrored' });
}
