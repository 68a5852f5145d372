/** Reader `listing`: what lies below a folder, to a depth, and which files hold a line. */
import { pathBelow } from '../module/host-path.ts';
import type { Brought } from '../module/brought.ts';
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderOutput,
} from '../module/reader.ts';
import { quote } from '../shell/quote.ts';
import { renamed } from './about-path.ts';
import { broughtBelow } from './brought-answers.ts';
import { parseStat, statFormat, type FileValue } from './file-value.ts';
import { hiddenFunction, plainPath } from './path-words.ts';

/** Bytes of listing that one folder may have: some 30,000 files. */
export const listingLimit = 4 * 1024 * 1024;

export interface ListingKey {
  /** Absolute path. */
  readonly path: string;
  /** Levels below it; undefined for all. */
  readonly depth?: number;
  /** POSIX extended regular expression: only files of which a line matches. */
  readonly contains?: string;
}

export interface ListedFile extends FileValue {
  /** Absolute path. */
  readonly path: string;
}

export type ListingValue =
  | { readonly kind: 'listing'; readonly entries: readonly ListedFile[] }
  /** The listing is longer than `listingLimit`. */
  | { readonly kind: 'too large' }
  | { readonly kind: 'not a folder' };

const definition = {
  name: 'listing',
  script: (keys: readonly ListingKey[], mark: string) =>
    [hiddenFunction, ...keys.map((key) => list(key, mark)), ':'].join('\n'),
  parse,
  dependsOn: ({ path }: ListingKey) => [path, `${path}/`],
  about: {
    path: (key: ListingKey) => key.path,
    follows: () => true,
    at: (key: ListingKey, path: string): ListingKey => ({ ...key, path }),
    as: (is: ListingValue, from: ListingKey, to: ListingKey): ListingValue =>
      is.kind === 'listing' ? { ...is, entries: renamed(is.entries, from.path, to.path) } : is,
  },
  brought: {
    path: ({ path }: ListingKey) => path,
    answer: ({ path }: ListingKey, brought: Brought) => broughtBelow<ListingValue>(path, brought),
  },
};

const read = defineReader<ListingKey, ListingValue>(definition);

/** Asks what is below a folder; links are not followed. */
export const listing: ((key: ListingKey) => Read<ListingValue>) & {
  readonly definition: typeof definition;
} = Object.assign(
  (key: ListingKey): Read<ListingValue> =>
    read({
      path: plainPath(key.path),
      ...(key.depth !== undefined && { depth: key.depth }),
      ...(key.contains !== undefined && { contains: key.contains }),
    }),
  { definition },
);

/**
 * Each answer is a mark and a letter; entries have a mark and `=`, a file that cannot be searched
 * a mark and `?`; `.` ends a listing.
 */
function list({ path, depth, contains }: ListingKey, mark: string): string {
  const below = `${path === '/' ? '' : path}/`;
  const stat = `-exec stat -c '${mark}=${statFormat}:%n' -- {}`;
  const found =
    contains === undefined
      ? `${stat} +`
      : `-type f \\( -exec grep -q -s -E -e ${quote(contains)} -- {} \\; ${stat} \\; -o ! -exec test -r {} \\; -exec printf %s '${mark}?' \\; \\)`;
  const levels = depth === undefined ? '' : `-maxdepth ${depth} `;
  return `p=${quote(path)}
if [ -d "$p" ]; then
printf %s '${mark}v'
{ find ${quote(below)} ${levels}! -path ${quote(below)} ${found} && printf %s '${mark}.'; } | head -c ${listingLimit}
elif [ -e "$p" ]; then printf %s '${mark}o'
elif hidden "$p"; then printf %s '${mark}x'
else printf %s '${mark}a'; fi`;
}

function parse(
  output: ReaderOutput,
  keys: readonly ListingKey[],
  mark: string,
): readonly Answer<ListingValue>[] {
  const parts = output.stdout.toString('latin1').split(mark).slice(1);
  return keys.map(({ path }) => {
    const first = parts.shift();
    if (first === undefined) throw new Error('the answer of the listing reader is cut short');
    if (first.startsWith('a')) return absent;
    if (first.startsWith('o')) return value<ListingValue>({ kind: 'not a folder' });
    if (first.startsWith('x')) return denied(`a folder on the way to ${path} cannot be searched`);
    const lines: string[] = [];
    let unread = false;
    for (; parts[0] !== undefined && /^[=?]/.test(parts[0]); parts.shift()) {
      if (parts[0].startsWith('?')) unread = true;
      else lines.push(parts[0].slice(1, -1));
    }
    if (unread) return denied(`files below ${path} cannot be read`);
    if (parts[0]?.startsWith('.') === true) {
      parts.shift();
      const entries = lines
        .map((line) => entryOf(path, line))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return value<ListingValue>({ kind: 'listing', entries });
    }
    const bytes = lines.reduce((sum, line) => sum + line.length + mark.length + 2, 0);
    if (bytes + 4096 > listingLimit) return value<ListingValue>({ kind: 'too large' });
    return denied(`${path} cannot be listed whole: ${output.stderr.trim()}`);
  });
}

function entryOf(folder: string, line: string): ListedFile {
  const fields = line.split(':');
  const count = statFormat.split(':').length;
  const name = fields.slice(count).join(':').replace('//', '/');
  const path = pathBelow(folder, Buffer.from(name, 'latin1').toString('utf8'));
  return { ...parseStat(fields.slice(0, count).join(':')), path };
}
