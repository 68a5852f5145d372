/** What `copy` and `template` share: a whole file with this content at that path. */
import { z } from 'zod';
import { StepError } from '../../errors.ts';
import type { HostFile } from '../../module/alteration.ts';
import type { Known, PlanContext } from '../../module/module.ts';
import { change, same, type Difference, type Plan } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { plainPath } from '../../readers/files/path-words.ts';
import { text, textLimit, type TextValue } from '../../readers/files/text.ts';
import { isContent, type Content } from '../../shell/content.ts';
import { absolutePath } from './argument.ts';
import {
  attributeArgs,
  attributeDifferences,
  predictAttributes,
  setAttributes,
} from './attributes.ts';
import type { Attributes } from './attributes.ts';
import { fileResult, freshFile, predictFollowed, type FileResult } from './file-result.ts';
import { parentOf, requireFolder } from './parent.ts';
import { followed } from './place.ts';
import { modifiedDifference, setModified } from './times.ts';
import { fileMode, writeFile, type FileWrite } from './write-file.ts';

/** Arguments of both modules. */
export const putArgs = {
  dest: absolutePath.describe(
    'path on the host; with / at its end it is a folder, and the file keeps its name',
  ),
  ...attributeArgs,
  backup: z.boolean().default(false).describe('keep the old file as DEST.TIME~'),
  validate: z
    .string()
    .includes('%s', { error: 'validate needs %s, where the name of the new file goes' })
    .optional()
    .describe("a command that must succeed before the old file is replaced: 'visudo -cf %s'"),
  force: z.boolean().default(true).describe('false: leave the content of an existing file'),
  follow: z.boolean().default(false).describe('follow a link at dest'),
  unsafeWrites: z
    .boolean()
    .default(false)
    .describe('write into a file that cannot be replaced because it is a mount point'),
};

export interface PutFile extends Attributes {
  readonly dest: string;
  readonly content: Content | HostFile;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly force: boolean;
  readonly follow: boolean;
  readonly unsafeWrites: boolean;
  /** Modification time of the source, where it is to be kept: seconds since 1970. */
  readonly modified?: number | undefined;
  /** Whether a diff is wanted, for which the old text is read. */
  readonly diff: boolean;
}

export type PutReads = {
  readonly file: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly text?: Read<TextValue>;
};

/** `dest`, or where it is a folder (it ends with `/`) the file of this name in it. */
export const destOf = (dest: string, source: string): string =>
  plainPath(dest.endsWith('/') ? dest + source.slice(source.lastIndexOf('/') + 1) : dest);

export function putReads(put: PutFile, known: Known): PutReads {
  const read = file({ path: put.dest, follow: put.follow, digest: true });
  const parent = file({ path: parentOf(put.dest), follow: true });
  const answer = known.get(read);
  const differs =
    answer?.answer === 'value' &&
    answer.value.type === 'file' &&
    answer.value.digest !== put.content.digest;
  const shown = put.diff && put.force && bytesForDiff(put.content) !== undefined;
  return { file: read, parent, ...(shown && differs && { text: text(put.dest) }) };
}

export function planPut(
  put: PutFile,
  is: { file: FileValue | undefined; parent: FileValue | undefined; text?: TextValue | undefined },
  on: PlanContext,
): Plan<FileResult> {
  const path = targetOf(put, is.file);
  const old = is.file?.type === 'file' ? is.file : undefined;
  if (is.file === undefined) requireFolder(put.dest, is.parent);
  const write: FileWrite = { ...put, path };
  if (!put.force && is.file?.type === 'link') return same(fileResult(path, is.file));
  const rewritten = old === undefined || (put.force && old.digest !== put.content.digest);
  const differences = [
    ...(rewritten ? [contentDifference(put, is, on)] : []),
    ...(old === undefined ? [] : attributeDifferences(put, old)),
    ...(old === undefined ? [] : modifiedDifference(put.modified, old)),
  ];
  if (old !== undefined && differences.length === 0) return same(fileResult(path, old));
  const fresh = old ?? freshFile({ type: 'file', mode: fileMode(write, undefined) }, on.facts.user);
  const kept = predictAttributes({ ...put, mode: fileMode(write, old) }, fresh);
  const time = put.modified ?? kept.modified;
  const { target: _target, ...whole } = rewritten
    ? { ...kept, modified: time, size: put.content.size, digest: put.content.digest }
    : { ...kept, modified: time };
  const bytes = rewritten && isContent(put.content) ? put.content.bytes : undefined;
  return change({
    differences,
    alters: [
      ...followed(put.dest, path),
      rewritten
        ? writeFile(write, put.follow && is.file?.type === 'link' ? undefined : is.file)
        : setAttributes(path, put, old ?? fresh),
      ...setModified(path, put.modified),
    ],
    after: predictFollowed(put.dest, path, whole, bytes),
    invalidates: { paths: path === put.dest ? [path] : [path, put.dest] },
    result: fileResult(path, whole),
  });
}

/** The path that is written: `dest`, or the end of the link there. */
function targetOf(put: PutFile, is: FileValue | undefined): string {
  if (is === undefined || is.type === 'file') return is?.realPath ?? put.dest;
  if (is.type === 'directory') {
    throw new StepError(`${put.dest} is a folder`, {
      hint: 'name the file, or end dest with / to put it into the folder',
    });
  }
  if (is.type !== 'link') throw new StepError(`${put.dest} is a ${is.type}, not a file`);
  if (!put.follow) return put.dest;
  if (is.realPath === undefined) {
    throw new StepError(`${put.dest} is a link to ${is.target ?? '?'}, whose folder is missing`);
  }
  return is.realPath;
}

function contentDifference(
  put: PutFile,
  is: { file: FileValue | undefined; text?: TextValue | undefined },
  on: PlanContext,
): Difference {
  const from = is.file === undefined ? 'absent' : is.file.type;
  const what = from === 'file' ? 'content' : 'state';
  const after = bytesForDiff(put.content);
  if (isContent(put.content) && put.content.secret) {
    const sizes = { from: `${is.file?.size ?? 0} bytes`, to: `${put.content.size} bytes` };
    return { what: 'content', ...sizes, secret: true };
  }
  const sides =
    what === 'state'
      ? { from, to: 'file' }
      : { from: shortDigest(is.file?.digest), to: shortDigest(put.content.digest) };
  const before = from === 'file' ? decoded(is.text) : '';
  if (!on.diff || after === undefined || before === undefined) return { what, ...sides };
  return { what, ...sides, text: { path: put.dest, before, after } };
}

const shortDigest = (digest: string | undefined): string => `sha256 ${digest?.slice(0, 12) ?? '?'}`;

/** The new text, where a diff can show it. */
function bytesForDiff(content: Content | HostFile): string | undefined {
  if (!isContent(content) || content.secret || content.size > textLimit) return undefined;
  return content.bytes === undefined ? undefined : utf8(content.bytes);
}

const decoded = (is: TextValue | undefined): string | undefined =>
  is?.kind === 'text' ? utf8(is.bytes) : undefined;

/** Text that is UTF-8 without NUL; other bytes are never decoded. */
function utf8(bytes: Buffer): string | undefined {
  const decoded = bytes.toString('utf8');
  return bytes.includes(0) || !Buffer.from(decoded).equals(bytes) ? undefined : decoded;
}
