/** What the file reader says of a file or folder of root's, for tables of plans. */
import type { FileValue } from '../../engine/readers/files/file-value.ts';

const ofRoot = {
  owner: 'root',
  group: 'root',
  uid: 0,
  gid: 0,
  size: 1,
  links: 1,
  inode: 1,
  device: 1,
  modified: 0,
  accessed: 0,
} as const;

export const aFile = (but: Partial<FileValue> = {}): FileValue => ({
  ...ofRoot,
  type: 'file',
  mode: '0644',
  ...but,
});

export const aFolder = (but: Partial<FileValue> = {}): FileValue =>
  aFile({ type: 'directory', mode: '0755', ...but });
