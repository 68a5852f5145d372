/** What is known of where paths of a host lead, and so of what values come from and changes reach. */
import type { MountPoint } from '../../module/mount-table.ts';
import type { Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { way as wayOf } from '../../module/read-ways.ts';
import { followWay, type Way } from '../../module/way.ts';
import type { Reach, Roots } from './kept.ts';
import { Places, type Place } from './places.ts';

/** Ways of a path, as far as they were asked; who may not look into a folder sees less than others. */
export type KnownWays = (path: string) => readonly Way[];

/** Paths whose ways are to be asked with these reads. */
export function waysBehind(reads: readonly Read<unknown>[]): ReadonlySet<string> {
  const paths = reads.flatMap(({ reader, key }) =>
    reader === wayOf.definition ? [] : (reader.ways?.(key) ?? reader.dependsOn?.(key) ?? []),
  );
  return new Set(paths.map(bare));
}

/** A path without the slash at its end that means all below it. */
export const bare = (path: string): string => path.replace(/(?<=.)\/+$/, '');

const noLinks = (): undefined => undefined;

export class Whereabouts {
  #places = new Places();
  #points: readonly MountPoint[] | undefined;
  readonly #known: KnownWays;

  /** @param known what was asked, by any user who can tell */
  constructor(known: KnownWays) {
    this.#known = known;
  }

  /** @returns whether places are other ones than before */
  mounted(points: readonly MountPoint[]): boolean {
    const same = JSON.stringify(points) === JSON.stringify(this.#points ?? []);
    this.#points = points;
    if (!same) this.#places = new Places(points);
    return !same;
  }

  /** Of a path that nobody asked for, its nearest folder tells; what is below is as written. */
  #ways(path: string, known: KnownWays): readonly Way[] {
    const own = known(path);
    if (own.length > 0) return own;
    for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
      const above = known(path.slice(0, at) || '/');
      if (above.length > 0) return above.map((folder) => continued(folder, path.slice(at)));
      if (at === 0) break;
    }
    return [];
  }

  /** What was asked of where the path itself leads. */
  known(path: string): readonly Way[] {
    return this.#known(path);
  }

  /** @param path a real path */
  placeOf(path: string): Place {
    return this.#places.of(path);
  }

  /** @param planned where paths will lead; default: as the host was asked */
  rootsOf(read: Read<unknown>, planned?: (path: string) => Way): Roots {
    const known: KnownWays = planned ? (path) => [planned(path)] : this.#known;
    const at = new Set<string>();
    const within = new Set<string>();
    const inodes = new Set<string>();
    const asked = waysBehind([read]);
    let adrift = false;
    const add = (to: Set<string>, path: string): void => void to.add(this.#places.of(path));
    for (const source of read.reader.dependsOn?.(read.key) ?? []) {
      const path = bare(source);
      const ways = this.#ways(path, known);
      adrift ||= asked.has(path) ? known(path).length === 0 : ways.length === 0;
      for (const { links, left, inode } of ways) {
        for (const link of links) add(at, link.at);
        for (const folder of left) add(at, folder);
        if (inode !== undefined) inodes.add(inode);
      }
      for (const name of namesOf(path, ways, !planned)) {
        if (!source.endsWith('/')) add(at, name);
        else for (const place of this.#places.below(name)) within.add(place);
      }
    }
    return { read, at: [...at], within: [...within], inodes: [...inodes], adrift };
  }

  /** @param planned where paths will lead; default: as the host was asked */
  reachOf(invalidates: Invalidates, planned?: (path: string) => Way): Reach {
    const known: KnownWays = planned ? (path) => [planned(path)] : this.#known;
    if (invalidates === 'everything') return invalidates;
    const at = new Set<string>();
    const inodes = new Set<string>();
    let folder = false;
    for (const invalidated of invalidates.paths ?? []) {
      const path = bare(invalidated);
      const ways = this.#ways(path, known);
      for (const name of namesOf(path, ways, !planned)) {
        for (const place of this.#places.below(name)) at.add(place);
      }
      for (const way of ways) {
        if (way.inode !== undefined) inodes.add(way.inode);
        folder ||= way.folder === true;
      }
    }
    return { invalidates, at: [...at], inodes: [...inodes], folder };
  }
}

/** @param written also the path as it is written, for what nobody has asked yet */
const namesOf = (path: string, ways: readonly Way[], written: boolean): ReadonlySet<string> =>
  new Set([
    ...(written ? [followWay(path, noLinks).end] : []),
    ...ways.flatMap(({ name, end }) => [name, end]),
  ]);

/** @param rest as written, below the folder where the way ends */
function continued({ end, links, left }: Way, rest: string): Way {
  const full = followWay(`${end}${rest}`, noLinks);
  return { ...full, links, left: [...left, ...full.left] };
}
