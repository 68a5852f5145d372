/** Reader `tree`: mode and owner of all below a folder. */
import { pathBelow } from '../module/host-path.ts';
import type { Brought } from '../module/brought.ts';
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderFunction,
  type ReaderOutput,
} from '../module/reader.ts';
import { followedPath, renamed } from './about-path.ts';
import { parseStat, statFormat, type FileValue } from './file-value.ts';
import { broughtBelow } from './brought-answers.ts';
import { hiddenFunction, plainPath, words } from './path-words.ts';

/** Bytes of listing that one folder may have: some 30,000 files. */
export const treeLimit = 4 * 1024 * 1024;

export type TreeValue =
  | { readonly kind: 'tree'; readonly entries: readonly TreeEntry[] }
  /** The listing is longer than `treeLimit`. */
  | { readonly kind: 'too large' };

export interface TreeEntry extends FileValue {
  /** Absolute path. */
  readonly path: string;
}

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

/** Asks for everything below a folder, links not followed. @param path absolute path */
export const tree: ReaderFunction<string, TreeValue> = Object.assign(
  (path: string): Read<TreeValue> => read(plainPath(path)),
  { definition },
);

/** Each answer starts with a mark and a letter; entries with a mark and `=`; `.` ends a listing. */
function treeScript(paths: readonly string[], mark: string): string {
  const body = `trees() {
for p do
if [ -d "$p" ]; then
printf %s '${mark}v'
{ find "$p/" ! -path "$p/" -exec stat -c '${mark}=${statFormat}:%n' -- {} + && printf %s '${mark}.'; } |
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
    const lines: string[] = [];
    while (parts[0]?.startsWith('=') === true) lines.push((parts.shift() ?? '').slice(1, -1));
    if (parts[0]?.startsWith('.') === true) {
      parts.shift();
      return value<TreeValue>({ kind: 'tree', entries: lines.map((line) => entry(path, line)) });
    }
    const bytes = lines.reduce((sum, line) => sum + line.length + mark.length + 2, 0);
    if (bytes + 4096 > treeLimit) return value<TreeValue>({ kind: 'too large' });
    return denied(`${path} cannot be listed whole: ${output.stderr.trim()}`);
  });
}

function entry(folder: string, line: string): TreeEntry {
  const fields = line.split(':');
  const count = statFormat.split(':').length;
  const name = fields.slice(count).join(':').replace('//', '/');
  const path = pathBelow(folder, Buffer.from(name, 'latin1').toString('utf8'));
  return { ...parseStat(fields.slice(0, count).join(':')), path };
}
