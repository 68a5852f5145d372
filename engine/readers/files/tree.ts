/** Reader `tree`: mode and owner of all below a folder. */
import type { Brought } from '../../module/brought.ts';
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderFunction,
  type ReaderOutput,
} from '../../module/reader.ts';
import { followedPath, renamed } from './about-path.ts';
import { foundBelow, printFound, start, type FoundEntry } from './found-entries.ts';
import { broughtBelow } from '../packages/brought-answers.ts';
import { hiddenFunction, plainPath, words } from './path-words.ts';

/** Bytes of listing that one folder may have: some 30,000 files. */
export const treeLimit = 4 * 1024 * 1024;

export type TreeValue =
  | { readonly kind: 'tree'; readonly entries: readonly TreeEntry[] }
  /** The listing is longer than `treeLimit`. */
  | { readonly kind: 'too large' };

export type TreeEntry = FoundEntry;

const definition = {
  name: 'tree',
  script: treeScript,
  parse: parseTrees,
  dependsOn: (path: string) => [path, `${path}/`],
  about: {
    ...followedPath,
    as: (is: TreeValue, from: string, to: string): TreeValue =>
      is.kind === 'tree' ? { ...is, entries: renamed(is.entries, from, to) } : is,
  },
  brought: {
    path: (path: string) => path,
    answer: (path: string, brought: Brought) => broughtBelow<TreeValue>(path, brought),
  },
};

const read = defineReader<string, TreeValue>(definition);

/**
 * Asks for everything below a folder, links not followed; absent where there is nothing.
 * @param path absolute path
 * @returns a read of a FileValue with its path for each entry; of at most 4 MiB of listing
 * @example
 * export const reads = { pages: readers.tree('/var/www/pages') };
 */
export const tree: ReaderFunction<string, TreeValue> = Object.assign(
  (path: string): Read<TreeValue> => read(plainPath(path)),
  { definition },
);

/** Each answer is a mark and a letter; behind `v` entries, and a mark and `.` where it is whole. */
function treeScript(paths: readonly string[], mark: string): string {
  const body = `trees() {
for p do
if [ -d "$p" ]; then
printf %s '${mark}v'
{ find ${start} ${printFound('+')} && printf %s '${mark}.'; } |
head -c ${treeLimit}
elif [ -e "$p" ]; then printf %s '${mark}a'
elif hidden "$p"; then printf %s '${mark}x'
else printf %s '${mark}a'; fi
done
}`;
  return [hiddenFunction, body, `trees ${words(paths)}`, ':'].join('\n');
}

function parseTrees(
  output: ReaderOutput,
  paths: readonly string[],
  mark: string,
): readonly Answer<TreeValue>[] {
  const parts = output.stdout.toString('latin1').split(mark).slice(1);
  return paths.map((path) => {
    const first = parts.shift();
    if (first === undefined) throw new Error('the answer of the tree reader is cut short');
    if (first.startsWith('a')) return absent;
    if (first.startsWith('x')) return denied(`a folder on the way to ${path} cannot be searched`);
    if (parts[0]?.startsWith('.') === true) {
      parts.shift();
      return value<TreeValue>({ kind: 'tree', entries: foundBelow(path, first).entries });
    }
    if (first.length + 4096 > treeLimit) return value<TreeValue>({ kind: 'too large' });
    return denied(`${path} cannot be listed whole: ${output.stderr.trim()}`);
  });
}
