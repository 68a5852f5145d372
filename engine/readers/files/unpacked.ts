/** Reader `unpacked`: which archive a folder was filled from, and which of its files differ now. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { hiddenFunction } from './path-words.ts';

export interface UnpackedKey {
  /** Absolute path of the folder. */
  readonly folder: string;
  /** Name of the file in it that `unarchive` wrote. */
  readonly marker: string;
  /** Whether the files are read and compared with what the archive brought. */
  readonly verify: boolean;
}

export interface Unpacked {
  /** The marker's first line: the archive, and how it was unpacked. */
  readonly of: string;
  /** Files that are missing or hold something else, a few hundred at most. */
  readonly differing: readonly string[];
}

/** Without a marker the answer is *absent*. */
export const unpacked = defineReader<UnpackedKey, Unpacked>({
  name: 'unpacked',
  script: (keys, mark) => [hiddenFunction, ...keys.map((key) => ask(key, mark)), ':'].join('\n'),
  parse,
  dependsOn: ({ folder }) => [folder, `${folder}/`],
  about: {
    path: (key) => key.folder,
    follows: () => true,
    at: (key, folder) => ({ ...key, folder }),
    as: (is) => is,
  },
});

function ask({ folder, marker, verify }: UnpackedKey, mark: string): string {
  const compare = `(cd -- ${quote(folder)} && tail -n +2 -- "$m" | sha256sum -c 2>/dev/null | grep -v ': OK$' | head -n 300)`;
  return `m=${quote(`${folder}/${marker}`)}
if [ -f "$m" ]; then
if [ -r "$m" ]; then
printf %s '${mark}v'
head -n 1 -- "$m"
${verify ? `[ "$(head -n 2 -- "$m" | wc -l)" -lt 2 ] || ${compare}` : ':'}
printf %s '${mark}.'
else printf %s '${mark}x'; fi
elif hidden "$m"; then printf %s '${mark}x'
else printf %s '${mark}a'; fi`;
}

function parse(
  output: ReaderOutput,
  keys: readonly UnpackedKey[],
  mark: string,
): readonly Answer<Unpacked>[] {
  const parts = output.stdout.toString('utf8').split(mark).slice(1);
  return keys.map(({ folder, marker }) => {
    const part = parts.shift();
    if (part === undefined) throw new Error('the answer of the unpacked reader is cut short');
    if (part.startsWith('a')) return absent;
    if (part.startsWith('x')) return denied(`${folder}/${marker} cannot be read`);
    if (parts.shift()?.startsWith('.') !== true) {
      throw new Error('the answer of the unpacked reader is cut short');
    }
    const [of = '', ...lines] = part.slice(1).split('\n');
    const differing = lines.flatMap((line) => {
      const name = /^(.*): FAILED( open or read)?$/.exec(line)?.[1];
      return name === undefined ? [] : [name.replace(/^\.\//, '')];
    });
    return value({ of, differing });
  });
}
