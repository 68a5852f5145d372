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
    .describe('file: it must exist; absent: removed with everything below it'),
  ...attributeArgs,
  src: z.string().min(1).optional().describe('target of a link, or the other name of a hard link'),
  recurse: z
    .boolean()
    .default(false)
    .describe('also set mode, owner and group of everything below the folder'),
  follow: z.boolean().default(true).describe('follow a link at path'),
  force: z
    .boolean()
    .default(false)
    .describe('allow a link without target, and replace a file or an empty folder by a link'),
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
