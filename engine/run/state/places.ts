/** Where things are on a host: one place for each, under whichever name and mount it is seen. */
import type { MountPoint } from '../../module/mount-table.ts';
import { isWithin } from '../../module/way.ts';

/** A real path; below a file system that is mounted more than once, the path in that. */
export type Place = string;

export class Places {
  readonly #points: readonly MountPoint[];

  constructor(points: readonly MountPoint[] = []) {
    this.#points = points;
  }

  /** @param path a real path */
  of(path: string): Place {
    let found: MountPoint | undefined;
    for (const point of this.#points) {
      // Of two at one path the later hides the earlier.
      const deeper = !found || point.at.length >= found.at.length;
      if (deeper && isWithin(path, point.at)) found = point;
    }
    return found ? placeIn(found, path.slice(found.at === '/' ? 0 : found.at.length)) : path;
  }

  /** That of the path, and of what is mounted below it. */
  below(path: string): readonly Place[] {
    const mounted = this.#points.filter(({ at }) => at !== path && isWithin(at, path));
    return [this.of(path), ...mounted.map((point) => placeIn(point, ''))];
  }
}

/** NUL is in no path, so no path is taken for a place of a file system. */
const placeIn = ({ device, root }: MountPoint, rest: string): Place =>
  `/\0${device}${root === '/' ? '' : root}${rest === '/' ? '' : rest}`;
