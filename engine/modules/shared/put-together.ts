/**
 * Files that belong together: all new contents are on the disk beside their files before the
 * first of them takes its place, so that what can fail has failed by then.
 */
import { StepError } from '../../errors.ts';
import type { Alteration, WriteTogether } from '../../module/alteration.ts';
import type { Prediction } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { plainPath } from '../../readers/files/path-words.ts';
import { text, type TextValue } from '../../readers/files/text.ts';
import { contentOf } from '../../shell/content.ts';
import {
  attributeDifferences,
  predictAttributes,
  setAttributes,
  type Attributes,
} from './attributes.ts';
import { freshFile, predictFollowed } from './file-result.ts';
import { parentOf, requireFolder } from './parent.ts';
import { followed } from './place.ts';
import { fileMode, writeFile } from './write-file.ts';

/** A small file that is read whole, links followed. */
export interface FileNow {
  readonly file: FileValue | undefined;
  readonly text: TextValue | undefined;
  readonly parent: FileValue | undefined;
}

/** The reads of `fileReads`. */
export type FileReads = {
  readonly file: Read<FileValue>;
  readonly text: Read<TextValue>;
  readonly parent: Read<FileValue>;
};

/**
 * What has to be read of a small file before it is written, links followed.
 * @param path absolute path
 * @returns reads of the file, its text and its folder
 * @example
 * export const reads = toolkit.fileReads('/etc/motd');
 */
export function fileReads(path: string): FileReads {
  const plain = plainPath(path);
  return {
    file: file({ path: plain, follow: true }),
    text: text(plain),
    parent: file({ path: parentOf(plain), follow: true }),
  };
}

/**
 * The text of a file that was read; undefined where it is absent.
 * @param path for messages
 * @param is values of `fileReads`
 * @returns the bytes decoded as UTF-8
 * @throws StepError for what is no file, a link to nothing, or more than 256 KiB
 * @example
 * export const isWritten = (is: toolkit.FileNow): boolean =>
 *   toolkit.textNow('/etc/motd', is) === 'hello\n';
 */
export function textNow(path: string, is: FileNow): string | undefined {
  if (is.file === undefined) return undefined;
  if (is.file.type === 'link') {
    throw new StepError(`${path} is a link to ${is.file.target ?? '?'}, which is not there`);
  }
  if (is.file.type !== 'file') throw new StepError(`${path} is a ${is.file.type}, not a file`);
  if (is.text?.kind !== 'text') throw new StepError(`${path} is larger than such a file can be`);
  return is.text.bytes.toString('utf8');
}

export interface WantedFile extends Attributes {
  readonly path: string;
  readonly content: string;
  readonly secret: boolean;
  /** Mode of a new file where none is wanted. */
  readonly newMode: string;
}

export interface PutPart {
  readonly want: WantedFile;
  readonly is: FileNow;
}

export const isRewritten = ({ want, is }: PutPart): boolean =>
  textNow(want.path, is) !== want.content;

/**
 * What of mode, owner and group of a file is not as wanted; nothing where it is absent.
 * @param part the file as wanted, and values of `fileReads`
 * @returns `differences` of a change
 * @example
 * const want = { path: '/etc/motd', content: 'hi', secret: false, newMode: '0644', mode: '0644' };
 * export const differences = (is: toolkit.FileNow) => toolkit.attributesOff({ want, is });
 */
export const attributesOff = ({ want, is }: PutPart) =>
  is.file === undefined ? [] : attributeDifferences(want, is.file);

/**
 * Everything a plan needs to bring the files, the last of which is the last to be replaced.
 * @param parts files as wanted, with values of `fileReads`
 * @param user of the session, who owns what is new
 * @returns fields for `change`
 * @throws StepError where a folder for a new file is missing
 * @example
 * export const plan = (is: toolkit.FileNow, on: PlanContext): Plan<object> => {
 *   const path = '/etc/motd';
 *   const want = { path, content: 'hello\n', secret: false, newMode: '0644' };
 *   if (toolkit.textNow(path, is) === want.content) return same({});
 *   const differences = [{ what: 'content', from: 'other text', to: 'a greeting' }];
 *   return change({ differences, ...toolkit.putTogether([{ want, is }], on.facts.user), result: {} });
 * };
 */
export function putTogether(
  parts: readonly PutPart[],
  user: { readonly name: string; readonly uid: number },
): {
  alters: readonly Alteration[];
  after: readonly Prediction[];
  invalidates: { paths: string[] };
} {
  const rewritten = parts.filter(isRewritten);
  const set = parts.filter((part) => !rewritten.includes(part) && attributesOff(part).length > 0);
  for (const { want, is } of rewritten) if (!is.file) requireFolder(want.path, is.parent);
  const changed = [...rewritten, ...set];
  return {
    alters: [
      ...changed.flatMap((part) => followed(plainPath(part.want.path), target(part))),
      ...(rewritten.length > 0 ? [replace(rewritten)] : []),
      ...set.map(({ want, is }) =>
        setAttributes(target({ want, is }), want, is.file ?? fresh(want, user)),
      ),
    ],
    after: changed.flatMap((part) => predictPart(part, user)),
    invalidates: { paths: [...new Set(changed.flatMap((part) => [target(part), part.want.path]))] },
  };
}

const target = ({ want, is }: PutPart): string => is.file?.realPath ?? plainPath(want.path);

const replace = (parts: readonly PutPart[]): WriteTogether => ({
  kind: 'write together',
  files: parts.map((part) => {
    const { want, is } = part;
    const content = contentOf(want.content, { secret: want.secret });
    return writeFile({ ...want, path: target(part), content }, is.file);
  }),
});

const fresh = (
  want: WantedFile,
  user: { readonly name: string; readonly uid: number },
): FileValue => freshFile({ type: 'file', mode: want.mode ?? want.newMode }, user);

function predictPart(
  part: PutPart,
  user: { readonly name: string; readonly uid: number },
): readonly Prediction[] {
  const { want, is } = part;
  const bytes = Buffer.from(want.content);
  const write = { ...want, path: target(part), content: contentOf(bytes) };
  const mode = fileMode(write, is.file);
  const whole = predictAttributes({ ...want, mode }, is.file ?? { ...fresh(want, user), mode });
  const known = { ...whole, size: bytes.length, digest: write.content.digest };
  return predictFollowed(plainPath(want.path), target(part), known, bytes);
}
