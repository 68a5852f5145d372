/** How far a host looks ahead: in all no more than a few times the length of its list. */

/** Steps looked at ahead of a turn; a read batch need not hold a whole fleet's worth of files. */
const farthest = 2000;
/** Behind a change that says what it invalidates, only these may need to be asked anew at once. */
const near = 64;
/** Times that the whole way is looked at before it counts how far the host has come since. */
const lavish = 5;

export class Horizon {
  #looks = 0;
  #last = 0;

  /** @param index of the step behind which nothing is known any more */
  far(index: number): number {
    this.#looks += 1;
    const since = index - this.#last;
    this.#last = index;
    return this.#looks <= lavish ? farthest : Math.min(farthest, Math.max(near, 2 * since));
  }

  /** What lies farther was read before, or is when a step comes to it. */
  get near(): number {
    return near;
  }
}
