/** Which alterations in a row are written together, and which stand alone. */
import { isContent } from '../../shell/content.ts';
import type {
  Alteration,
  LeadsTo,
  MakeFolder,
  MakeLink,
  Remove,
  SetAttributes,
  SetTime,
  Write,
} from '../alteration.ts';
import { bytesOf } from './one.ts';

/** An alteration and the number of its step. */
export interface Placed<A extends Alteration = Alteration> {
  readonly step: number;
  readonly alteration: A;
}

/** What may be done together with others. */
export type Member = Write | MakeFolder | MakeLink | Remove | SetAttributes | SetTime | LeadsTo;

/** Alterations in a row; `together` where files and folders of them are worth it. */
export type Group =
  | {
      readonly together: true;
      readonly members: readonly Placed<Member>[];
      /** Number of the first member among all. */
      readonly from: number;
    }
  | { readonly together: false; readonly members: readonly Placed[] };

/** So many at most, so that no command line and no search grows with the length of a chain. */
const most = 64;

/**
 * Cuts alterations into groups. A group ends before a script, before a path that it alters already,
 * and before what changes a folder on the way to others, or who may write there.
 * @param all in their order
 */
export function groupsOf(all: readonly Placed[]): readonly Group[] {
  const groups: Group[] = [];
  let open: Placed<Member>[] = [];
  let paths = new GroupPaths();
  let from = 0;
  const close = (): void => {
    if (open.length > 0) groups.push({ together: isWorthIt(open), members: open, from });
    from += open.length;
    open = [];
    paths = new GroupPaths();
  };
  for (const placed of all) {
    const { alteration } = placed;
    if (!isMember(alteration)) {
      close();
      groups.push({ together: false, members: [placed] });
      from += 1;
      continue;
    }
    if (open.length >= most || !paths.take(alteration)) {
      close();
      paths.take(alteration);
    }
    open.push({ ...placed, alteration });
  }
  close();
  return groups;
}

/** Paths that the members of a group alter, and folders on the way to them. */
class GroupPaths {
  readonly #altered = new Set<string>();
  /** Of what is more than a new file or folder. */
  readonly #changed = new Set<string>();
  readonly #onTheWay = new Set<string>();

  /** @returns false where the alteration must not be done together with these */
  take(alteration: Member): boolean {
    if (alteration.kind === 'time' || alteration.kind === 'leads to') return true;
    const { path, kind } = alteration;
    const folders = foldersAbove(path);
    const isNew = kind === 'write' || kind === 'folder';
    if (this.#altered.has(path) || folders.some((each) => this.#changed.has(each))) return false;
    if (!isNew && this.#onTheWay.has(path)) return false;
    this.#altered.add(path);
    if (!isNew) this.#changed.add(path);
    for (const each of folders) this.#onTheWay.add(each);
    return true;
  }
}

const kinds: ReadonlySet<string> = new Set<Member['kind']>([
  'write',
  'folder',
  'link',
  'remove',
  'attributes',
  'time',
  'leads to',
]);

const isMember = (alteration: Alteration): alteration is Member => kinds.has(alteration.kind);

const isWorthIt = (members: readonly Placed<Member>[]): boolean =>
  members.filter(({ alteration }) =>
    alteration.kind === 'write'
      ? isPreparable(alteration)
      : alteration.kind !== 'time' && alteration.kind !== 'leads to',
  ).length > 1;

/**
 * Whether a file may be prepared before its turn: its content is in the script, and its path and
 * owner are such as `sha256sum` and a list in a shell give back unchanged.
 */
export function isPreparable(alteration: Alteration): alteration is Write {
  if (alteration.kind !== 'write' || alteration.digest !== undefined) return false;
  const { path, owner = '', content } = alteration;
  return (
    isPlain(path) &&
    /^[\w.:-]*$/.test(owner) &&
    isContent(content) &&
    bytesOf(alteration).streams.length === 0
  );
}

/** A path that can stand on a line of its own and means but one place. */
const isPlain = (path: string): boolean =>
  !/[\n\\]/.test(path) &&
  path.startsWith('/') &&
  path
    .slice(1)
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..');

/** The folders above a path, from the top. */
function foldersAbove(path: string): readonly string[] {
  const names = path.split('/').slice(1, -1);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

/** Folders that work is done in, and all on the way to them, each behind the one above it. */
export function foldersOnTheWay(members: readonly Placed<Member>[]): readonly string[] {
  const found = new Set<string>();
  const made = new Set<string>();
  for (const { alteration } of members) {
    if (alteration.kind === 'time' || alteration.kind === 'leads to') continue;
    if (alteration.kind === 'folder') made.add(alteration.path);
    if (!isPlain(alteration.path)) continue;
    for (const each of foldersAbove(alteration.path)) found.add(each);
  }
  return [...found].filter((path) => !made.has(path));
}
