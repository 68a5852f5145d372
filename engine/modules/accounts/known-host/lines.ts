/** Lines of a known_hosts file: names, type, key. Hashed names are compared by their hash. */
import { createHash, createHmac } from 'node:crypto';
import { insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';
import { entriesIn, withEach, type LineFormat } from '../../shared/keyed-lines/index.ts';

export interface HostKey {
  readonly type: string;
  /** base64. */
  readonly blob: string;
}

interface Entry {
  readonly names: readonly string[];
  readonly key: HostKey;
}

const line = /^([^\s#@]\S*)[ \t]+([a-z][\w@.-]*)[ \t]+([A-Za-z0-9+/=]+)([ \t].*)?$/;

/** A line of a host; comments, and lines with a marker as @cert-authority, are none. */
const hostLines: LineFormat<Entry> = {
  read: (text) => {
    const [, names, type, blob] = line.exec(text) ?? [];
    if (names === undefined || type === undefined || blob === undefined) return undefined;
    return { names: names.split(','), key: { type, blob } };
  },
  keyOf: ({ key: { type, blob } }) => `${type} ${blob}`,
  // What stands behind the names stays.
  write: ({ names, key: { type, blob } }, old = ` ${type} ${blob}`) =>
    names.join(',') + old.slice(old.search(/[ \t]/)),
  isSame: (is, wanted) => is.names.join(',') === wanted.names.join(','),
};

/** `type base64 comment` as a key, or undefined. */
export function hostKeyOf(text: string): HostKey | undefined {
  const [type, blob] = text.trim().split(/[ \t]+/);
  if (type === undefined || blob === undefined) return undefined;
  const bytes = Buffer.from(blob, 'base64');
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  const inside = bytes.subarray(4, 4 + length).toString();
  return inside === type ? { type, blob } : undefined;
}

function isName(written: string, name: string): boolean {
  if (!written.startsWith('|1|')) return written === name;
  const [, , salt = '', hash = ''] = written.split('|');
  return hashOf(name, Buffer.from(salt, 'base64')) === hash;
}

const hashOf = (name: string, salt: Buffer): string =>
  createHmac('sha1', salt).update(name).digest('base64');

/** The salt follows from name and key, so that a plan made twice is the same. */
function hashed(name: string, { blob }: HostKey): string {
  const salt = createHash('sha1').update(`${name} ${blob}`).digest();
  return `|1|${salt.toString('base64')}|${hashOf(name, salt)}`;
}

const isKey = (a: HostKey, b: HostKey): boolean => a.type === b.type && a.blob === b.blob;

/** The keys that a name has. */
export const keysOf = (file: FileLines, name: string): readonly HostKey[] =>
  entriesIn(hostLines, file)
    .filter(({ entry }) => entry.names.some((written) => isName(written, name)))
    .map(({ entry }) => entry.key);

/** The lines in which the names have no key for which `goes` holds. */
export const withoutNames = (
  file: FileLines,
  names: readonly string[],
  goes: (key: HostKey) => boolean,
): readonly Line[] =>
  withEach(hostLines, file, (entry) => {
    if (!goes(entry.key)) return entry;
    const left = entry.names.filter((written) => !names.some((name) => isName(written, name)));
    if (left.length === entry.names.length) return entry;
    return left.length === 0 ? undefined : { ...entry, names: left };
  });

/** The lines with each key for all names; other keys of these types lose the names. */
export function withKeys(
  file: FileLines,
  names: readonly string[],
  keys: readonly HostKey[],
  hash: boolean,
): readonly Line[] {
  const types = new Set(keys.map(({ type }) => type));
  const isOther = (key: HostKey): boolean =>
    types.has(key.type) && !keys.some((wanted) => isKey(wanted, key));
  const kept = { ...file, lines: withoutNames(file, names, isOther) };
  const texts = keys.flatMap((key) => {
    const missing = names.filter((name) => !keysOf(kept, name).some((is) => isKey(is, key)));
    const written = hash ? missing.map((name) => [hashed(name, key)]) : [missing];
    return written
      .filter((each) => each.length > 0)
      .map((each) => hostLines.write({ names: each, key }));
  });
  return texts.length === 0 ? kept.lines : insertLines(kept, kept.lines.length, texts);
}
