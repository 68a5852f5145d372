/** Edits of a file's whole text, on top of `planEdit`, which works by lines. */
import { editArgs, type Edit } from './edit-file.ts';
import { bytesOf, linesOf, type FileLines } from './file-lines.ts';

/** Arguments of modules that edit a file and have no say in where a line goes. */
export const editTextArgs = {
  path: editArgs.path,
  create: editArgs.create,
  mode: editArgs.mode,
  owner: editArgs.owner,
  group: editArgs.group,
  backup: editArgs.backup,
  validate: editArgs.validate,
  unsafeWrites: editArgs.unsafeWrites,
};

export interface TextEdit {
  /** The text afterwards; undefined where it is right as it is. */
  readonly text: string | undefined;
  readonly difference?: NonNullable<Edit['difference']>;
  readonly secret: boolean;
  readonly notes?: readonly string[];
}

/** The edit for `planEdit`. @param edit gets the text in the file's own decoding */
export const editText =
  (edit: (text: string, file: FileLines) => TextEdit) =>
  (file: FileLines): Edit => {
    const before = bytesOf(file.lines, file.encoding).toString(file.encoding);
    const { text, ...rest } = edit(before, file);
    if (text === undefined || text === before) return { ...rest, lines: undefined };
    return { ...rest, lines: linesOf(Buffer.from(text, file.encoding)).lines };
  };
