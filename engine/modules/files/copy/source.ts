/** Where `copy` takes its bytes from: what is given, a local file or folder, a file of the host. */
import { stat } from 'node:fs/promises';
import { StepError } from '../../../errors.ts';
import type { Controller } from '../../../module/module.ts';
import { formatMode, type FileValue } from '../../../readers/files/file-value.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { isSecret } from '../../../secrets/secret.ts';
import { contentOf, isContent, type Content } from '../../../shell/content.ts';
import { plain } from '../../shared/argument.ts';
import type { CopyArguments } from './arguments.ts';
import { filesToMirror } from '../mirror/files.ts';
import type { Mirror } from '../mirror/plan.ts';
import { foldersOf } from '../mirror/reads.ts';
import { destOf, type PutFile } from '../../shared/put-file.ts';

export interface Prepared extends Omit<PutFile, 'content'> {
  readonly content?: Content;
  readonly remoteSrc?: string;
  /** Attributes of `remoteSrc` are kept. */
  readonly preserve?: boolean;
  /** A whole folder in place of a file. */
  readonly folder?: Mirror;
}

export async function prepareCopy(want: CopyArguments, controller: Controller): Promise<Prepared> {
  const { content, src, remoteSrc, preserve, directoryMode: _mode, ...rest } = want;
  const put = { ...rest, dest: destOf(want.dest, src ?? remoteSrc ?? ''), diff: controller.diff };
  if (remoteSrc !== undefined) return { ...put, remoteSrc, preserve };
  if (src === undefined) return { ...put, content: given(content ?? '') };
  const local = await stat(await controller.path(src));
  if (local.isDirectory()) return { ...put, folder: await folderOf(want, src, controller) };
  const kept = { mode: formatMode(local.mode), modified: Math.floor(local.mtimeMs / 1000) };
  return { ...put, ...(preserve && kept), content: await controller.file(src) };
}

function given(content: NonNullable<CopyArguments['content']>): Content {
  if (isContent(content)) return content;
  return contentOf(plain(content), { secret: isSecret(content) });
}

/** @throws StepError for arguments that only a file can have */
async function folderOf(want: CopyArguments, src: string, controller: Controller): Promise<Mirror> {
  const { owner, group, mode, force, backup, directoryMode, preserve } = want;
  for (const name of ['validate', 'follow', 'unsafeWrites'] as const) {
    if (want[name] === undefined || want[name] === false) continue;
    throw new StepError(`${src} is a folder, and ${name} is for a file`, {
      hint: 'copy that file by a task of its own',
    });
  }
  const files = await filesToMirror({ src, preserve }, undefined, controller);
  return {
    dest: plainPath(destOf(want.dest, src.replace(/\/+$/, ''))),
    owner,
    group,
    mode,
    force,
    backup,
    directoryMode,
    delete: false,
    compress: false,
    files,
    folders: foldersOf(files),
  };
}

/** What is to be put; a host's own file is known only once it was read. */
export function putOf(want: Prepared, source: FileValue | undefined): PutFile {
  const diff = want.diff && want.content !== undefined;
  if (want.remoteSrc === undefined || source === undefined) {
    const nothing = { hostPath: '', digest: '', size: 0 };
    return { ...want, content: want.content ?? nothing, diff };
  }
  const { digest = '', size, mode, uid, gid, modified } = source;
  const kept = want.preserve ? { mode, owner: uid, group: gid, modified } : {};
  return { ...want, ...kept, content: { hostPath: want.remoteSrc, digest, size }, diff };
}
