/** Entries of /etc/fstab: one changes, every other line stays. */
import { plainPath } from '../../../readers/files/path-words.ts';
import { fieldLines } from '../../shared/keyed-lines/fields.ts';
import type { FileLines, Line } from '../../shared/file-lines.ts';
import {
  onlyWith,
  withEntry,
  withoutKeys,
  type LineFormat,
} from '../../shared/keyed-lines/index.ts';

export interface FstabEntry {
  readonly source: string;
  /** Without a slash at its end: `/srv/nfs/` is the same mount point. */
  readonly path: string;
  readonly fstype: string;
  readonly options: string;
  readonly dump: number;
  readonly pass: number;
}

/** `server:/a#b` is a field; a comment stands alone or behind a blank. */
export const fstabFields = fieldLines(/(?<!\S)#/);

const fstab: LineFormat<FstabEntry> = {
  read: (text) => {
    const [source, path, fstype = '', options = 'defaults', dump = '0', pass = '0'] =
      fstabFields.of(text);
    if (source === undefined || path === undefined) return undefined;
    const mountPoint = unescaped(path);
    return {
      source: unescaped(source),
      path: mountPoint.startsWith('/') ? plainPath(mountPoint) : mountPoint,
      fstype,
      options,
      dump: Number(dump),
      pass: Number(pass),
    };
  },
  keyOf: ({ path }) => path,
  write: (entry, old) => {
    const { fstype, options, dump, pass } = entry;
    // It is the same mount point, however it is written.
    const path = (old && fstabFields.of(old)[1]) ?? escaped(entry.path);
    const words = [escaped(entry.source), path, fstype, options, `${dump}`, `${pass}`];
    return old === undefined ? words.join('\t') : fstabFields.put(old, words);
  },
  isSame: (is, wanted) =>
    is.source === wanted.source &&
    is.fstype === wanted.fstype &&
    sameOptions(is.options, wanted.options) &&
    is.dump === wanted.dump &&
    is.pass === wanted.pass,
};

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );

const escaped = (text: string): string =>
  text.replaceAll(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** In any order, but for options that contradict each other: of those the last counts. */
function sameOptions(a: string, b: string): boolean {
  const [left, right] = [a.split(','), b.split(',')];
  if (new Set(left.map(subjectOf)).size < left.length) return a === b;
  return left.toSorted().join(',') === right.toSorted().join(',');
}

/** `ro` and `rw`, `exec` and `noexec`, `size=1m` and `size=2m` are about one thing. */
const subjectOf = (option: string): string =>
  option
    .replace(/=.*/, '')
    .replace(/^(no|a(?=sync$))/, '')
    .replace(/^ro$/, 'rw');

/** The entry of a mount point. @throws StepError when there are two */
export const entryAt = (file: FileLines, path: string): FstabEntry | undefined =>
  onlyWith(fstab, file, path, `fstab names ${path}`)?.entry;

/** The lines with the entry in its place, or at the end. */
export const withMount = (file: FileLines, entry: FstabEntry): readonly Line[] =>
  withEntry(fstab, file, entry);

export const withoutMount = (file: FileLines, path: string): readonly Line[] =>
  withoutKeys(fstab, file, path);
