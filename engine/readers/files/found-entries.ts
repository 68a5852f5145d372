/** What `find` and `stat` print of all below a folder. */
import { pathBelow } from '../../module/host-path.ts';
import { parseStat, statFormat, type FileValue } from './file-value.ts';

export interface FoundEntry extends FileValue {
  /** Absolute path. */
  readonly path: string;
}

/**
 * Begins an entry. Every user of the host sees the arguments of `find`, so it is no secret word:
 * two slashes in a row are what no path below a folder has, whoever named its files.
 */
const begin = '//';

/** Arguments of `find` that print what it found; `end` is `+` or `\;`. */
export const printFound = (end: string): string =>
  `-exec stat -c '${begin}=${statFormat}:%n' -- {} ${end}`;

/** Arguments of `find` that print that a file cannot be read. */
export const printUnread = `-exec printf %s '${begin}?' \\;`;

/** Where `find` begins, for the parser's sake, of the folder in the variable p. */
export const start = '"${p%/}/." -mindepth 1';

export interface Found {
  readonly entries: readonly FoundEntry[];
  /** A file could not be read. */
  readonly unread: boolean;
}

/**
 * @param text what was printed, whole
 * @throws Error when it names what is not below the folder
 */
export function foundBelow(folder: string, text: string): Found {
  const parts = text.split(begin).slice(1);
  const lines = parts.filter((part) => part.startsWith('='));
  return {
    entries: lines.map((line) => entryOf(folder, line.slice(1, -1))),
    unread: lines.length < parts.length,
  };
}

function entryOf(folder: string, line: string): FoundEntry {
  const fields = line.split(':');
  const count = statFormat.split(':').length;
  const name = fields.slice(count).join(':').replace('/./', '/');
  const path = pathBelow(folder, Buffer.from(name, 'latin1').toString('utf8'));
  return { ...parseStat(fields.slice(0, count).join(':')), path };
}
