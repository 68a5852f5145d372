/** Arguments of the file module, and what it reads. */
import { z } from 'zod';
import type { Read } from '../../../module/reader.ts';
import { type FileValue } from '../../../readers/files/file.ts';
import { type ListingValue } from '../../../readers/files/listing.ts';
import { type TreeValue } from '../../../readers/files/tree.ts';
import { absolutePath } from '../../shared/argument.ts';
import { attributeArgs } from '../../shared/attributes.ts';

const time = z.iso
  .datetime({ offset: true })
  .optional()
  .describe("time stamp, to the second: '2026-01-31T08:00:00Z'");

export const args = z.strictObject({
  path: absolutePath.describe('path on the host'),
  state: z
    .enum(['file', 'directory', 'link', 'hard', 'touch', 'absent'])
    .default('file')
    .describe('file: it must be there; absent: removed with all below it'),
  ...attributeArgs,
  src: z.string().min(1).optional().describe('what a link holds, or the other name of a hard link'),
  recurse: z.boolean().default(false).describe('mode, owner and group of all below the folder too'),
  follow: z.boolean().default(true).describe('a link at path stands for what it points to'),
  force: z
    .boolean()
    .default(false)
    .describe('a link may point to nothing, and replaces a file or an empty folder'),
  modified: time,
  accessed: time,
});

export type FileWant = z.output<typeof args>;

export type FileReads = {
  readonly file: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly source?: Read<FileValue>;
  readonly tree?: Read<TreeValue>;
  /** What lies in the folder that a link is to replace. */
  readonly inside?: Read<ListingValue>;
  readonly [level: `/${string}`]: Read<FileValue>;
};

/** The values of `FileReads`. */
export interface FileNow {
  readonly file: FileValue | undefined;
  readonly parent: FileValue | undefined;
  readonly source?: FileValue | undefined;
  readonly tree?: TreeValue | undefined;
  readonly inside?: ListingValue | undefined;
  readonly [level: `/${string}`]: FileValue | undefined;
}
