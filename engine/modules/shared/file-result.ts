/** What modules that write a file return, and what they predict for check. */
import { predict, unpredictable, type Prediction } from '../../module/plan.ts';
import { absent, value, type Answer } from '../../module/reader.ts';
import type { FileValue } from '../../readers/files/file.ts';
import { file } from '../../readers/files/file.ts';
import { text, textLimit, textValue } from '../../readers/files/text.ts';

export interface FileResult {
  readonly path: string;
  /** `absent`, or what is there. */
  readonly state: FileValue['type'] | 'absent';
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Bytes. */
  readonly size?: number;
  /** sha256 of the content, where the module looked at it. */
  readonly digest?: string;
}

/** Documentation of `FileResult` for `play doc`. */
export const fileReturns = {
  path: 'the path that was written or looked at, links followed where asked',
  state: 'file, directory, link, absent, …',
  mode: 'four octal digits',
  owner: 'name, or uid where it has none',
  group: 'name, or gid where it has none',
  size: 'bytes',
  digest: 'sha256 of the content, where the module looked at it',
};

export function fileResult(path: string, is: FileValue | undefined): FileResult {
  if (is === undefined) return { path, state: 'absent' };
  return {
    path,
    state: is.type,
    mode: is.mode,
    owner: is.owner,
    group: is.group,
    size: is.size,
    ...(is.digest !== undefined && { digest: is.digest }),
  };
}

/**
 * What every way of asking about a path will say.
 * @param is the file as it will be, undefined when it will be gone
 * @param bytes its content, where known; otherwise readers of the content get *unknown*
 */
export function predictPath(
  path: string,
  is: FileValue | undefined,
  bytes?: Buffer,
): readonly Prediction[] {
  const { digest, ...rest } = is ?? {};
  const plain = is === undefined ? absent : value(rest as FileValue);
  const whole: Answer<FileValue> = is === undefined ? absent : value(is);
  const known = digest !== undefined || is?.type !== 'file';
  const withDigest = (follow: boolean): Prediction => {
    const read = file({ path, follow, digest: true });
    return known ? predict(read, whole) : unpredictable(read);
  };
  return [
    predict(file({ path }), plain),
    predict(file({ path, follow: true }), plain),
    withDigest(false),
    withDigest(true),
    predictText(path, is, bytes),
  ];
}

/** What is asked of a link itself; what it leads to is another path's. */
export const predictLink = (path: string, is: FileValue): readonly Prediction[] => [
  predict(file({ path }), value(is)),
  predict(file({ path, digest: true }), value(is)),
];

/**
 * Predictions for a file that was written through a link.
 * @param asked the path that was asked for; a link to `path` where they differ
 */
export function predictFollowed(
  asked: string,
  path: string,
  is: FileValue,
  bytes?: Buffer,
): readonly Prediction[] {
  const { realPath: _realPath, ...whole } = is;
  if (asked === path) return predictPath(path, whole, bytes);
  const { digest, ...plain } = { ...whole, realPath: path };
  const read = file({ path: asked, follow: true, digest: true });
  return [
    ...predictPath(path, whole, bytes),
    predict(file({ path: asked, follow: true }), value(plain)),
    digest === undefined ? unpredictable(read) : predict(read, value({ ...plain, digest })),
    predictText(asked, whole, bytes),
  ];
}

function predictText(
  path: string,
  is: FileValue | undefined,
  bytes: Buffer | undefined,
): Prediction {
  if (is === undefined) return predict(text(path), absent);
  if (is.type !== 'file') return predict(text(path), value({ kind: 'not a file' }));
  if (is.size > textLimit) return predict(text(path), value({ kind: 'too large' }));
  return bytes === undefined
    ? unpredictable(text(path))
    : predict(text(path), value(textValue(bytes)));
}

/** A file or folder that is not there yet; what nobody asked for is as the session's user has it. */
export function freshFile(
  of: Pick<FileValue, 'type' | 'mode'> & Partial<FileValue>,
  user: { readonly name: string; readonly uid: number },
): FileValue {
  return {
    owner: user.name,
    group: user.name,
    uid: user.uid,
    gid: -1,
    size: 0,
    links: 1,
    inode: 0,
    device: 0,
    modified: 0,
    accessed: 0,
    ...of,
  };
}
