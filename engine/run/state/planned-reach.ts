/** Check: which planned step was the last to reach what an answer comes from. */
import { changesSomething, type Reach, type Roots } from './kept.ts';
import type { Place } from './places.ts';

interface Branch {
  readonly parts: Map<string, Branch>;
  /** Numbers of planned steps, 0 for none: the last at this place, and the last at or below it. */
  at: number;
  below: number;
}

const branch = (): Branch => ({ parts: new Map(), at: 0, below: 0 });

export class PlannedReach {
  readonly #steps: string[] = [];
  readonly #root = branch();
  readonly #named = new Map<string, number>();
  readonly #inodes = new Map<string, number>();
  #anything = 0;
  #anyName = 0;
  #anyPath = 0;
  /** The last step that may reach anything. */
  #all = 0;

  /** Of planned steps. */
  get count(): number {
    return this.#steps.length;
  }

  add({ invalidates, at, inodes }: Exclude<Reach, 'everything'>, because: string): void {
    const step = this.#steps.push(because);
    for (const place of at) this.#mark(place, step);
    for (const inode of inodes) this.#inodes.set(inode, step);
    const { readers = [], reads = [], paths = [] } = invalidates;
    for (const reader of readers) this.#named.set(reader, step);
    for (const read of reads) this.#named.set(read.id, step);
    if (readers.length + reads.length > 0) this.#anyName = step;
    if (paths.length > 0) this.#anyPath = step;
    if (changesSomething(invalidates)) this.#anything = step;
  }

  addAnything(because: string): void {
    this.#all = this.#steps.push(because);
    this.#anything = this.#all;
  }

  #mark(place: Place, step: number): void {
    let at = this.#root;
    at.below = step;
    for (const part of partsOf(place)) {
      const next = at.parts.get(part) ?? branch();
      at.parts.set(part, next);
      at = next;
      at.below = step;
    }
    at.at = step;
  }

  /** The last step that may change what is there, if it came after the first `before`. */
  changing(roots: Roots, before = 0): string | undefined {
    const onEverything = roots.read.reader.dependsOnEverything?.(roots.read.key);
    const last = Math.max(
      this.#all,
      onEverything ? this.#anything : 0,
      this.#byName(roots),
      roots.adrift ? this.#anyPath : 0,
      ...roots.inodes.map((inode) => this.#inodes.get(inode) ?? 0),
      ...roots.at.map((place) => this.#above(place)),
      ...roots.within.map((place) => Math.max(this.#above(place), this.#find(place)?.below ?? 0)),
    );
    return last > before ? this.#steps[last - 1] : undefined;
  }

  /**
   * The step that may bring what is absent: a package its units and accounts, a unit file its unit.
   * What is below a planned folder stays absent.
   */
  bringing(roots: Roots): string | undefined {
    const onEverything = roots.read.reader.dependsOnEverything?.(roots.read.key);
    return this.#step(
      onEverything ? this.#anyName : 0,
      this.#byName(roots),
      ...roots.at.map((place) => this.#find(place)?.at ?? 0),
      ...roots.within.map((place) => this.#find(place)?.below ?? 0),
    );
  }

  /** The last step, after the first `before`, that makes or alters something below these places. */
  below(places: readonly Place[], before: number): string | undefined {
    const last = Math.max(
      0,
      ...places.flatMap((place) =>
        Array.from(this.#find(place)?.parts.values() ?? [], ({ below }) => below),
      ),
    );
    return last > before ? this.#steps[last - 1] : undefined;
  }

  /** The step that may change a file of several names under another one. */
  changingInode(roots: Roots): string | undefined {
    return this.#step(...roots.inodes.map((inode) => this.#inodes.get(inode) ?? 0));
  }

  #byName({ read }: Roots): number {
    return Math.max(this.#named.get(read.reader.name) ?? 0, this.#named.get(read.id) ?? 0);
  }

  #step(...steps: readonly number[]): string | undefined {
    return this.#steps[Math.max(0, ...steps) - 1];
  }

  #find(place: Place): Branch | undefined {
    let at: Branch | undefined = this.#root;
    for (const part of partsOf(place)) at = at?.parts.get(part);
    return at;
  }

  /** The last at the place or at a folder above it. */
  #above(place: Place): number {
    let last = this.#root.at;
    let at: Branch | undefined = this.#root;
    for (const part of partsOf(place)) {
      at = at.parts.get(part);
      if (!at) return last;
      last = Math.max(last, at.at);
    }
    return last;
  }
}

const partsOf = (place: Place): readonly string[] => place.split('/').filter((part) => part !== '');
