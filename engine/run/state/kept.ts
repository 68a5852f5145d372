/** What answers come from, so that a change finds those that it concerns without asking all. */
import type { Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { PlaceTree } from './place-tree.ts';
import type { Place } from './places.ts';

/** What an answer comes from. */
export interface Roots {
  readonly read: Read<unknown>;
  readonly at: readonly Place[];
  /** Folders: all below them counts too. */
  readonly within: readonly Place[];
  /** Files of several names. */
  readonly inodes: readonly string[];
  /** Nobody could tell where its paths lead: any change of a path may be one of them. */
  readonly adrift: boolean;
}

/** A change, by what it is and not by what it is called. */
export type Reach =
  | 'everything'
  | {
      readonly invalidates: Exclude<Invalidates, 'everything'>;
      readonly at: readonly Place[];
      readonly inodes: readonly string[];
      /** One of them is a folder, in which any file of several names may lie. */
      readonly folder: boolean;
    };

/** @typeParam Key what an answer is found by */
export class Kept<Key> {
  readonly #places = new PlaceTree<Key>();
  readonly #byReader = new Map<string, Set<Key>>();
  readonly #byRead = new Map<string, Set<Key>>();
  readonly #byInode = new Map<string, Set<Key>>();
  /** Have files of several names; are about folders; hang on everything; on any path. */
  readonly #linked = new Set<Key>();
  readonly #folders = new Set<Key>();
  readonly #onEverything = new Set<Key>();
  readonly #adrift = new Set<Key>();

  add(key: Key, { read, at, within, inodes, adrift }: Roots): void {
    into(this.#byReader, read.reader.name, key);
    into(this.#byRead, read.id, key);
    for (const place of at) this.#places.add(place, key, false);
    for (const place of within) this.#places.add(place, key, true);
    for (const inode of inodes) into(this.#byInode, inode, key);
    if (inodes.length > 0) this.#linked.add(key);
    if (within.length > 0) this.#folders.add(key);
    if (read.reader.dependsOnEverything?.(read.key)) this.#onEverything.add(key);
    if (adrift) this.#adrift.add(key);
  }

  remove(key: Key, { read, at, within, inodes }: Roots): void {
    outOf(this.#byReader, read.reader.name, key);
    outOf(this.#byRead, read.id, key);
    for (const place of [...at, ...within]) this.#places.remove(place, key);
    for (const inode of inodes) outOf(this.#byInode, inode, key);
    for (const set of [this.#linked, this.#folders, this.#onEverything, this.#adrift]) {
      set.delete(key);
    }
  }

  /** Keys of the answers that the change may alter. */
  invalidatedBy(reach: Exclude<Reach, 'everything'>): ReadonlySet<Key> {
    const { invalidates, at, inodes, folder } = reach;
    const found = new Set<Key>();
    const all = (keys: Iterable<Key> | undefined): void => {
      for (const key of keys ?? []) found.add(key);
    };
    for (const place of at) this.#places.invalidatedBy(place, found);
    for (const inode of inodes) all(this.#byInode.get(inode));
    if (inodes.length > 0) all(this.#folders);
    if (folder) all(this.#linked);
    if (at.length > 0) all(this.#adrift);
    for (const name of invalidates.readers ?? []) all(this.#byReader.get(name));
    for (const read of invalidates.reads ?? []) all(this.#byRead.get(read.id));
    if (changesSomething(invalidates)) all(this.#onEverything);
    return found;
  }
}

export function changesSomething({
  paths,
  readers,
  reads,
}: Exclude<Invalidates, 'everything'>): boolean {
  return [paths, readers, reads].some((list) => list !== undefined && list.length > 0);
}

/** Whether a change may alter the one answer. */
export function reaches(reach: Reach, roots: Roots): boolean {
  if (reach === 'everything') return true;
  const one = new Kept<'one'>();
  one.add('one', roots);
  return one.invalidatedBy(reach).size > 0;
}

function into<Key>(map: Map<string, Set<Key>>, name: string, key: Key): void {
  const set = map.get(name);
  if (set) set.add(key);
  else map.set(name, new Set([key]));
}

function outOf<Key>(map: Map<string, Set<Key>>, name: string, key: Key): void {
  const set = map.get(name);
  set?.delete(key);
  if (set?.size === 0) map.delete(name);
}
