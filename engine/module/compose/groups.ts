/** Which alterations in a row are written together, and which stand alone. */
import { isContent } from '../../shell/content.ts';
import type { Alteration, LeadsTo, MakeFolder, SetTime, Write } from '../alteration.ts';
import { bytesOf } from './one.ts';

/** An alteration and the number of its step. */
export interface Placed<A extends Alteration = Alteration> {
  readonly step: number;
  readonly alteration: A;
}

/** What changes neither what is on the way to the others nor who may write there. */
export type Member = Write | MakeFolder | SetTime | LeadsTo;

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
 * Cuts alterations into groups. A group ends before what others must not be prepared ahead of:
 * a link, a removal, a change of owner or mode, a script, a second write to one path.
 * @param all in their order
 */
export function groupsOf(all: readonly Placed[]): readonly Group[] {
  const groups: Group[] = [];
  let open: Placed<Member>[] = [];
  let paths = new Set<string>();
  let from = 0;
  const close = (): void => {
    if (open.length > 0) groups.push({ together: isWorthIt(open), members: open, from });
    from += open.length;
    open = [];
    paths = new Set();
  };
  for (const placed of all) {
    const { alteration } = placed;
    if (!isMember(alteration)) {
      close();
      groups.push({ together: false, members: [placed] });
      from += 1;
      continue;
    }
    const path = alteration.kind === 'write' || alteration.kind === 'folder' ? alteration.path : '';
    if (open.length >= most || paths.has(path)) close();
    if (path !== '') paths.add(path);
    open.push({ ...placed, alteration });
  }
  close();
  return groups;
}

const isMember = (alteration: Alteration): alteration is Member =>
  alteration.kind === 'write' ||
  alteration.kind === 'folder' ||
  alteration.kind === 'time' ||
  alteration.kind === 'leads to';

const isWorthIt = (members: readonly Placed<Member>[]): boolean =>
  members.filter(({ alteration }) => alteration.kind === 'folder' || isPreparable(alteration))
    .length > 1;

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

/** Folders that work is done in, and all on the way to them, each behind the one above it. */
export function foldersOnTheWay(members: readonly Placed<Member>[]): readonly string[] {
  const found = new Set<string>();
  for (const { alteration } of members) {
    if (alteration.kind !== 'write' && alteration.kind !== 'folder') continue;
    if (!isPlain(alteration.path)) continue;
    const names = alteration.path.split('/').slice(1, -1);
    found.add('/');
    names.forEach((_, index) => found.add(`/${names.slice(0, index + 1).join('/')}`));
  }
  const made = new Set(
    members.flatMap(({ alteration }) => (alteration.kind === 'folder' ? [alteration.path] : [])),
  );
  return [...found].filter((path) => !made.has(path));
}
