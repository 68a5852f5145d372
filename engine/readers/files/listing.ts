/** Reader `listing`: what lies below a folder, to a depth, and which files hold a line. */
import type { Brought } from '../../module/brought.ts';
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { renamed } from './about-path.ts';
import { broughtBelow } from '../packages/brought-answers.ts';
import { foundBelow, printFound, printUnread, start, type FoundEntry } from './found-entries.ts';
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

export type ListedFile = FoundEntry;

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

/** Each answer is a mark and a letter; behind `v` entries, and a mark and `.` where it is whole. */
function list({ path, depth, contains }: ListingKey, mark: string): string {
  const found =
    contains === undefined
      ? printFound('+')
      : `-type f \\( -exec grep -q -s -E -e ${quote(contains)} -- {} \\; ${printFound('\\;')} -o ! -exec test -r {} \\; ${printUnread} \\)`;
  const levels = depth === undefined ? '' : `-maxdepth ${depth} `;
  return `p=${quote(path)}
if [ -d "$p" ]; then
printf %s '${mark}v'
{ find ${start} ${levels}${found} && printf %s '${mark}.'; } | head -c ${listingLimit}
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
    if (parts[0]?.startsWith('.') === true) {
      parts.shift();
      const { entries, unread } = foundBelow(path, first);
      if (unread) return denied(`files below ${path} cannot be read`);
      return value<ListingValue>({
        kind: 'listing',
        entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      });
    }
    if (first.length + 4096 > listingLimit) return value<ListingValue>({ kind: 'too large' });
    return denied(`${path} cannot be listed whole: ${output.stderr.trim()}`);
  });
}
