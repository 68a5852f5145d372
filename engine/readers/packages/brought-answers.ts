/** What readers answer, in check, where packages that are to come are known. */
import type { Brought, BroughtFile } from '../../module/brought.ts';
import { value, type Answer } from '../../module/reader.ts';
import type { FileKey, FileValue } from '../files/file-value.ts';

type From<V> = Answer<V> | 'unchanged' | 'unknown';

/** Links that lead to links that lead on. */
const linksFollowed = 10;

export function broughtFile(
  key: FileKey,
  brought: Brought,
  now: Answer<FileValue>,
): From<FileValue> {
  const at = key.follow === true ? endOf(key.path, brought) : { path: key.path };
  if (at === undefined) return 'unknown';
  const comes = brought.file(at.path);
  if (comes === undefined) return at.path === key.path ? 'unchanged' : 'unknown';
  if (comes === 'perhaps') return isFolder(now) ? 'unchanged' : 'unknown';
  // Of what is there already, packages keep some and replace some.
  if (now.answer !== 'absent') {
    return comes.type === 'directory' && isFolder(now) ? 'unchanged' : 'unknown';
  }
  if (key.digest === true && comes.type === 'file' && comes.digest === undefined) return 'unknown';
  const whole = valueOf(comes, key.digest === true);
  return value(at.path === key.path ? whole : { ...whole, realPath: at.path });
}

/** @param kinds makes the value of bytes, and of what is no file */
export function broughtText<V>(
  path: string,
  brought: Brought,
  now: Answer<V>,
  kinds: { readonly bytes: (bytes: Buffer) => V; readonly notFile: V },
): From<V> {
  const at = endOf(path, brought);
  const comes = at && brought.file(at.path);
  if (at === undefined || comes === 'perhaps') return 'unknown';
  if (comes === undefined) return at.path === path ? 'unchanged' : 'unknown';
  if (comes.type === 'directory') return value(kinds.notFile);
  if (now.answer !== 'absent' || comes.bytes === undefined) return 'unknown';
  return value(kinds.bytes(Buffer.from(comes.bytes, 'base64')));
}

export const broughtBelow = <V>(path: string, brought: Brought): From<V> =>
  brought.anyBelow(path) || brought.file(path) !== undefined ? 'unknown' : 'unchanged';

/** What was learned of a unit or account, out of a file that may be damaged. */
export type Learned = Readonly<Record<string, unknown>>;

/** Its fields; those that are missing are empty. */
export const fieldsOf = (of: Learned) => ({
  text: (name: string): string => (typeof of[name] === 'string' ? of[name] : ''),
  flag: (name: string): boolean => of[name] === true,
  texts: (name: string): readonly string[] =>
    Array.isArray(of[name]) ? of[name].filter((one) => typeof one === 'string') : [],
});

/** @param from makes the value of what was learned */
export function broughtNamed<V>(
  kind: 'units' | 'users' | 'groups',
  name: string,
  brought: Brought,
  now: Answer<V>,
  from: (of: Learned) => V | undefined,
): From<V> {
  const comes = brought.named(kind, name);
  if (comes === undefined) return 'unchanged';
  // An account that is there stays as it is; a unit may be another one.
  if (now.answer === 'value') return kind === 'units' ? 'unknown' : 'unchanged';
  const is = comes === 'perhaps' ? undefined : from(comes);
  return is === undefined ? 'unknown' : value(is);
}

const isFolder = (now: Answer<FileValue>): boolean =>
  now.answer === 'value' && now.value.type === 'directory';

/** Where the links that come lead; undefined where one leads out of what is known. */
function endOf(path: string, brought: Brought): { readonly path: string } | undefined {
  let at = path;
  for (let count = 0; count < linksFollowed; count += 1) {
    const comes = brought.file(at);
    if (comes === 'perhaps') return undefined;
    if (comes?.type !== 'link') return { path: at };
    if (comes.target === undefined) return undefined;
    const folder = at.slice(0, at.lastIndexOf('/'));
    const to = new URL(comes.target, `file://${folder}/`);
    at = decodeURIComponent(to.pathname);
  }
  return undefined;
}

const valueOf = (of: BroughtFile, withDigest: boolean): FileValue => ({
  type: of.type,
  mode: of.mode,
  owner: of.owner,
  group: of.group,
  uid: of.owner === 'root' ? 0 : -1,
  gid: of.group === 'root' ? 0 : -1,
  size: of.size,
  links: 1,
  inode: 0,
  device: 0,
  modified: 0,
  accessed: 0,
  ...(of.target !== undefined && { target: of.target }),
  ...(withDigest && of.digest !== undefined && { digest: of.digest }),
});
