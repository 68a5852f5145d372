/** Reader `text`: the bytes of small files, never decoded here (rule 10, answers of readers). */
import { sha256 } from '../../digest.ts';
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
import { followedPath } from './about-path.ts';
import { broughtText } from '../packages/brought-answers.ts';
import { hiddenFunction, plainPath, words, cutByBytes } from './path-words.ts';

/** Files above this many bytes are not read. */
export const textLimit = 256 * 1024;

/** A file of at most 256 KiB: its bytes, its size in bytes, its sha256 in lower-case hex. */
export type TextValue =
  | {
      readonly kind: 'text';
      readonly bytes: Buffer;
      readonly size: number;
      readonly digest: string;
    }
  /** More than `textLimit` bytes. */
  | { readonly kind: 'too large' }
  | { readonly kind: 'not a file' };

const definition = {
  name: 'text',
  script: textScript,
  parse: parseTexts,
  dependsOn: (path: string) => [path],
  about: followedPath,
  brought: {
    path: (path: string) => path,
    answer: (path: string, brought: Brought, now: Answer<TextValue>) =>
      broughtText<TextValue>(path, brought, now, {
        bytes: textValue,
        notFile: { kind: 'not a file' },
      }),
  },
};

const read = defineReader<string, TextValue>(definition);

/**
 * Asks for the bytes of a file, links followed; absent where there is nothing.
 * @param path absolute path on the host
 * @returns a read of the bytes, their number and their sha256
 * @example
 * export const reads = { now: readers.text('/etc/motd') };
 */
export const text: ReaderFunction<string, TextValue> = Object.assign(
  (path: string): Read<TextValue> => read(plainPath(path)),
  { definition },
);

/** The answer for bytes that are known. */
export function textValue(bytes: Buffer): TextValue {
  if (bytes.length > textLimit) return { kind: 'too large' };
  return { kind: 'text', bytes, size: bytes.length, digest: sha256(bytes) };
}

/** Each answer is a mark, a letter, for v(alue) the bytes, and a mark with the status of reading. */
function textScript(paths: readonly string[], mark: string): string {
  const body = `texts() {
for p do
if [ -f "$p" ]; then
if [ -r "$p" ]; then
printf %s '${mark}v'
head -c ${textLimit + 1} <"$p"
printf %s "${mark}$?"
else printf %s '${mark}x'; fi
elif [ -e "$p" ]; then printf %s '${mark}o'
elif [ -L "$p" ] && unseen "$p"; then printf %s '${mark}x'
elif hidden "$p"; then printf %s '${mark}x'
else printf %s '${mark}a'; fi
done
}`;
  const runs = cutByBytes(paths, (path) => path).map((run) => `texts ${words(run)}`);
  return [hiddenFunction, body, ...runs, ':'].join('\n');
}

function parseTexts(
  output: ReaderOutput,
  paths: readonly string[],
  mark: string,
): readonly Answer<TextValue>[] {
  const parts = output.stdout.toString('latin1').split(mark);
  let next = 1;
  return paths.map((path) => {
    const part = parts[next];
    next += 1;
    if (part === undefined) throw new Error('the answer of the text reader is cut short');
    if (part.startsWith('a')) return absent;
    if (part.startsWith('o')) return value<TextValue>({ kind: 'not a file' });
    if (part.startsWith('x')) return denied(`${path} cannot be read`);
    const status = parts[next];
    next += 1;
    if (status !== '0') return denied(`reading ${path} failed: ${output.stderr.trim()}`);
    return value(textValue(Buffer.from(part.slice(1), 'latin1')));
  });
}
