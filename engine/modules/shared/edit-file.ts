/** What `lineInFile` and `blockInFile` share: a small file is read, edited and written whole. */
import { z } from 'zod';
import { StepError } from '../../errors.ts';
import type { PlanContext } from '../../module/module.ts';
import { change, same, type Difference, type Plan } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { plainPath } from '../../readers/files/path-words.ts';
import { text, textLimit, type TextValue } from '../../readers/files/text.ts';
import { contentOf, type Content } from '../../shell/content.ts';
import { absolutePath } from './argument.ts';
import {
  attributeArgs,
  attributeDifferences,
  predictAttributes,
  setAttributes,
} from './attributes.ts';
import type { Attributes } from './attributes.ts';
import { bytesOf, linesOf, type FileLines, type Line } from './file-lines.ts';
import { fileResult, freshFile, predictFollowed, type FileResult } from './file-result.ts';
import { parentOf, requireFolder } from './parent.ts';
import { followed } from './place.ts';
import { fileMode, writeFile, type FileWrite } from './write-file.ts';

const expression = z.union([
  z.string().min(1),
  z.custom<RegExp>((value) => value instanceof RegExp, 'expected a regular expression'),
]);

/** Arguments of both modules. */
export const editArgs = {
  path: absolutePath.describe('the file; links are followed'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  insertAfter: expression
    .optional()
    .describe("regular expression of the line it comes after (the last that matches), or 'EOF'"),
  insertBefore: expression
    .optional()
    .describe("regular expression of the line it comes before (the last that matches), or 'BOF'"),
  create: z.boolean().default(false).describe('create the file if it is missing'),
  ...attributeArgs,
  backup: z.boolean().default(false).describe('keep the old file as PATH.TIME~'),
  validate: z
    .string()
    .includes('%s', { error: 'validate needs %s, where the name of the new file goes' })
    .optional()
    .describe("a command that must succeed before the old file is replaced: 'visudo -cf %s'"),
  unsafeWrites: z
    .boolean()
    .default(false)
    .describe('write into a file that cannot be replaced because it is a mount point'),
};

export const expressionArg = expression;

export interface EditFile extends Attributes {
  readonly path: string;
  readonly state: 'present' | 'absent';
  readonly create: boolean;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly unsafeWrites: boolean;
}

export type EditReads = {
  readonly file: Read<FileValue>;
  readonly text: Read<TextValue>;
  readonly parent: Read<FileValue>;
};

export interface EditNow {
  readonly file: FileValue | undefined;
  readonly text: TextValue | undefined;
  readonly parent: FileValue | undefined;
}

export function editReads(want: EditFile): EditReads {
  const path = plainPath(want.path);
  return {
    file: file({ path, follow: true }),
    text: text(path),
    parent: file({ path: parentOf(path), follow: true }),
  };
}

export interface Edit {
  /** What differs, for people; secret texts as their number of lines. */
  readonly difference?: { readonly what: string; readonly from: string; readonly to: string };
  /** The lines afterwards; undefined when they are right as they are. */
  readonly lines: readonly Line[] | undefined;
  readonly secret: boolean;
  readonly notes?: readonly string[];
}

/**
 * Plans an edit.
 * @param edit says what the lines are to be; pure
 */
export function planEdit(
  want: EditFile,
  is: EditNow,
  on: PlanContext,
  edit: (file: FileLines) => Edit,
): Plan<FileResult> {
  const asked = plainPath(want.path);
  const now = textOf(asked, is);
  if (now === undefined) {
    if (want.state === 'absent') return same(fileResult(asked, undefined));
    if (!want.create) {
      throw new StepError(`${asked} is not there`, { hint: 'create: true makes it' });
    }
    requireFolder(asked, is.parent);
  }
  const before = linesOf(now?.bytes ?? Buffer.alloc(0));
  const edited = edit(before);
  const bytes = edited.lines && bytesOf(edited.lines, before.encoding);
  const written = bytes && contentOf(bytes, { secret: edited.secret });
  const differences = [
    ...(written ? [editDifference(asked, edited, now?.bytes, written, on)] : []),
    ...(is.file === undefined ? [] : attributeDifferences(want, is.file)),
  ];
  const path = is.file?.realPath ?? asked;
  if (differences.length === 0) return same(fileResult(path, is.file), edited.notes);
  const { whole, alters } = effect(want, path, is.file, written, now?.digest, on);
  return change({
    differences,
    alters: [...followed(asked, path), alters],
    after: predictFollowed(asked, path, whole, bytes),
    invalidates: { paths: path === asked ? [path] : [path, asked] },
    result: fileResult(path, whole),
    ...(edited.notes && { notes: edited.notes }),
  });
}

function effect(
  want: EditFile,
  path: string,
  is: FileValue | undefined,
  content: Content | undefined,
  digest: string | undefined,
  on: PlanContext,
) {
  const old = is ?? freshFile({ type: 'file', mode: '0644' }, on.facts.user);
  if (content === undefined) {
    return { whole: predictAttributes(want, old), alters: setAttributes(path, want, old) };
  }
  // what another did to the file since it was read is never overwritten
  const write: FileWrite = { ...want, path, content, expect: digest ?? 'absent' };
  const mode = fileMode(write, is);
  const kept = predictAttributes({ ...want, mode }, is ?? { ...old, mode });
  const whole = { ...kept, size: content.size, digest: content.digest };
  return { whole, alters: writeFile(write, is) };
}

/** The text that is there. @throws StepError when it can't be edited */
function textOf(path: string, is: EditNow): (TextValue & { kind: 'text' }) | undefined {
  if (is.file?.type === 'link') {
    throw new StepError(`${path} is a link to ${is.file.target ?? '?'}, which is not there`);
  }
  if (is.file === undefined || is.text === undefined) return undefined;
  if (is.text.kind === 'not a file') {
    throw new StepError(`${path} is a ${is.file.type}, not a file`);
  }
  if (is.text.kind === 'too large') {
    throw new StepError(
      `${path} has ${is.file.size} bytes: files above ${textLimit} are not edited`,
    );
  }
  return is.text;
}

function editDifference(
  path: string,
  edited: Edit,
  before: Buffer | undefined,
  after: Content,
  on: PlanContext,
): Difference {
  const sides = edited.difference ?? { what: 'content', from: before?.length, to: after.size };
  if (edited.secret) return { ...sides, secret: true };
  if (!on.diff) return sides;
  const text = { path, before: shown(before ?? Buffer.alloc(0)), after: shown(after.bytes) };
  return { ...sides, text };
}

/** `1 line`, `3 lines`; `absent` for none. */
export const countLines = (count: number): string =>
  count === 0 ? 'absent' : `${count} line${count === 1 ? '' : 's'}`;

/** For people only: bytes that are not UTF-8 show as the replacement character. */
const shown = (bytes: Buffer | undefined): string => bytes?.toString('utf8') ?? '';
