/** Finds what lies at, above and below a place, without looking at the rest. */
import type { Place } from './places.ts';

interface Branch<T> {
  readonly parts: Map<string, Branch<T>>;
  readonly at: Set<T>;
  /** What is about all that lies below. */
  readonly within: Set<T>;
}

const branch = <T>(): Branch<T> => ({ parts: new Map(), at: new Set(), within: new Set() });
const partsOf = (place: Place): readonly string[] => place.split('/').filter((part) => part !== '');

export class PlaceTree<T> {
  readonly #root = branch<T>();

  /** @param within it is about all below the place as well */
  add(place: Place, item: T, within: boolean): void {
    let at = this.#root;
    for (const part of partsOf(place)) {
      const next = at.parts.get(part) ?? branch<T>();
      at.parts.set(part, next);
      at = next;
    }
    (within ? at.within : at.at).add(item);
  }

  remove(place: Place, item: T): void {
    const way: [Branch<T>, string][] = [];
    let at = this.#root;
    for (const part of partsOf(place)) {
      const next = at.parts.get(part);
      if (!next) return;
      way.push([at, part]);
      at = next;
    }
    at.at.delete(item);
    at.within.delete(item);
    for (const [above, part] of way.toReversed()) {
      const below = above.parts.get(part);
      if (below && below.parts.size + below.at.size + below.within.size > 0) return;
      above.parts.delete(part);
    }
  }

  /**
   * What a change at the place concerns: all there and below, what is about all in a folder above,
   * and the folder that it lies in, whose size and times are others now.
   */
  invalidatedBy(place: Place, found: Set<T>): void {
    const parts = partsOf(place);
    let at: Branch<T> | undefined = this.#root;
    for (const [index, part] of parts.entries()) {
      for (const item of at.within) found.add(item);
      if (index === parts.length - 1) for (const item of at.at) found.add(item);
      at = at.parts.get(part);
      if (!at) return;
    }
    const rest = [at];
    for (let next = rest.pop(); next; next = rest.pop()) {
      for (const item of next.at) found.add(item);
      for (const item of next.within) found.add(item);
      rest.push(...next.parts.values());
    }
  }
}
