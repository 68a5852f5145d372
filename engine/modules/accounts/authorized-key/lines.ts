/** Lines of an authorized_keys file: options, type, key, comment. */
import type { AuthorizedKey } from './arguments.ts';
import type { Edit } from '../../shared/edit-file.ts';
import { inFile, insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';
import { ifChanged, withEach, type LineFormat } from '../../shared/keyed-lines/index.ts';

interface Key {
  /** As they stand in the file, empty for none. */
  readonly options: string;
  readonly type: string;
  readonly blob: string;
  readonly comment: string;
}

const types =
  /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** A line as a key; comments, blank lines and what sshd would not take are none. */
function keyOf(line: string): Key | undefined {
  const words = line.trim();
  if (words.startsWith('#')) return undefined;
  const end = firstWord(words);
  const options = types.test(words.slice(0, end)) ? '' : words.slice(0, end);
  const [type = '', blob, ...comment] = words
    .slice(options === '' ? 0 : end)
    .trim()
    .split(/[ \t]+/);
  if (!types.test(type) || blob === undefined) return undefined;
  return { options, type, blob, comment: comment.join(' ') };
}

/** Where the first word ends; blanks between quotes belong to it. */
function firstWord(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"' && text[at - 1] !== '\\') quoted = !quoted;
    if (!quoted && /\s/.test(text[at] ?? '')) return at;
  }
  return text.length;
}

const textOf = ({ options, type, blob, comment }: Key): string =>
  [options, type, blob, comment].filter((part) => part !== '').join(' ');

const list = (key: AuthorizedKey['key']): readonly string[] =>
  typeof key === 'string' ? [key] : key;

/** What is wrong with keys that are to be put in. */
export function keyMistakes(want: AuthorizedKey): string[] {
  return list(want.key).flatMap((line) => {
    const key = keyOf(line);
    const start = line.slice(0, 40);
    if (key === undefined) return [`'${start}' is not a public key`];
    if (key.options !== '') return [`'${start}': options go into the argument options`];
    const bytes = Buffer.from(key.blob, 'base64');
    const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
    const inside = bytes.subarray(4, 4 + length).toString();
    return inside === key.type ? [] : [`'${start}' is cut short or damaged`];
  });
}

/** Keys are the same whatever their options and comments say. */
const keyLines: LineFormat<Key> = {
  read: keyOf,
  keyOf: ({ blob }) => blob,
  write: textOf,
  isSame: (is, wanted) => is.options === wanted.options,
};

export function editKeys(want: AuthorizedKey, file: FileLines): Edit {
  const wanted = list(want.key).flatMap((line) => keyOf(line) ?? []);
  const options = want.options?.join(',');
  const seen = new Set<string>();
  const lines = withEach(keyLines, file, (key) => {
    if (!wanted.some(({ blob }) => blob === key.blob)) return want.exclusive ? undefined : key;
    if (want.state === 'absent' || seen.has(key.blob)) return undefined;
    seen.add(key.blob);
    return options === undefined || options === key.options ? key : { ...key, options };
  });
  const fresh = new Map(wanted.map((key) => [key.blob, { ...key, options: options ?? '' }]));
  const missing = [...fresh.values()].filter(({ blob }) => !seen.has(blob));
  const added = want.state === 'absent' ? [] : missing.map((key) => inFile(textOf(key), file));
  const edited = added.length === 0 ? lines : insertLines({ ...file, lines }, lines.length, added);
  const keys = (of: readonly Line[]) => `${of.filter((line) => keyOf(line.text)).length} keys`;
  return {
    difference: { what: 'authorized keys', from: keys(file.lines), to: keys(edited) },
    lines: ifChanged(file, edited),
    secret: false,
  };
}
