/**
 * What is known of one machine under all names of the inventory that it has, by what it comes from:
 * a change finds what it concerns without asking each name. No value of one name answers for
 * another. A host that has not told yet which machine it is stands on a ground of its own.
 */
import pLimit from 'p-limit';
import type { MountPoint } from '../../module/mount-table.ts';
import type { Invalidates } from '../../module/plan.ts';
import { way } from '../../module/read-ways.ts';
import type { Answer } from '../../module/reader.ts';
import type { Way } from '../../module/way.ts';
import type { Moment } from './clock.ts';
import { Kept, type Reach, type Roots } from './kept.ts';
import { Whereabouts } from './whereabouts.ts';

/** An answer under one name. */
export interface Entry {
  /** All answers under that name, by key. */
  readonly among: Map<string, Entry>;
  readonly key: string;
  readonly roots: Roots;
  readonly answer: Answer<unknown>;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly asOf: Moment;
  readonly openBatch: OpenBatch;
}

/** A read batch that is under way: what was invalidated meanwhile must not be stored from it. */
export interface OpenBatch {
  /** What only it has to heed, and what was invalidated where its name stood before. */
  readonly invalidated: Reach[];
  /** Which change was the last before it departed. */
  readonly since: number;
  asOf: Moment;
}

interface Touched {
  readonly count: number;
  readonly reach: Reach;
  /** The read batch that carries the change. */
  readonly by: OpenBatch | undefined;
}

/** Names that see the same mounts. */
interface View {
  readonly where: Whereabouts;
  readonly names: Set<object>;
}

export class Ground {
  /** One change at a time, whatever the machine is called. */
  readonly exclusive = pLimit(1);
  readonly names = new Set<object>();
  /** Grows when the mount table may be another one. */
  mounts = 0;
  readonly #kept = new Kept<Entry>();
  readonly #entries = new Set<Entry>();
  readonly #openBatches = new Set<OpenBatch>();
  /** In the order of their count. */
  readonly #invalidated: Touched[] = [];
  readonly #views = new Map<string, View>();
  /** Where paths lead, by path: each way once, with how many answers say so. */
  readonly #ways = new Map<string, Map<string, { readonly way: Way; answers: number }>>();

  add(entry: Entry): void {
    this.#kept.add(entry, entry.roots);
    this.#entries.add(entry);
    this.#countWay(entry, 1);
  }

  remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#kept.remove(entry, entry.roots);
    this.#countWay(entry, -1);
  }

  forget(entry: Entry): void {
    this.remove(entry);
    if (entry.among.get(entry.key) === entry) entry.among.delete(entry.key);
  }

  #countWay({ roots: { read }, answer }: Entry, by: 1 | -1): void {
    if (read.reader !== way.definition || answer.answer !== 'value') return;
    const path = String(read.key);
    const is = answer.value as Way;
    const text = [is.name, is.end, is.inode, is.folder].join('\0');
    const ways = this.#ways.get(path) ?? new Map();
    const one = ways.get(text) ?? { way: is, answers: 0 };
    one.answers += by;
    if (one.answers > 0) this.#ways.set(path, ways.set(text, one));
    else if (ways.delete(text) && ways.size === 0) this.#ways.delete(path);
  }

  /** @param points what that name sees mounted now */
  sees(name: object, points: readonly MountPoint[] | undefined): void {
    this.#forgetView(name);
    const text = JSON.stringify(points ?? []);
    const view = this.#views.get(text) ?? this.#viewOf(points ?? []);
    this.#views.set(text, view);
    view.names.add(name);
  }

  #viewOf(points: readonly MountPoint[]): View {
    const ways = (path: string): readonly Way[] =>
      Array.from(this.#ways.get(path)?.values() ?? [], (each) => each.way);
    const where = new Whereabouts(ways);
    where.mounted(points);
    return { where, names: new Set() };
  }

  #forgetView(name: object): void {
    for (const [text, { names }] of this.#views) {
      if (names.delete(name) && names.size === 0) this.#views.delete(text);
    }
  }

  enter(name: object, points: readonly MountPoint[] | undefined, own: Iterable<Entry>): void {
    this.names.add(name);
    this.sees(name, points);
    for (const entry of own) this.add(entry);
  }

  leave(name: object, own: Iterable<Entry>): void {
    this.names.delete(name);
    this.#forgetView(name);
    for (const entry of own) this.remove(entry);
  }

  /** As all names of the machine see it. */
  reachesOf(invalidates: Invalidates): readonly Reach[] {
    if (this.names.size < 2) return [];
    return Array.from(this.#views.values(), ({ where }) => where.reachOf(invalidates));
  }

  /** Answers that a change may alter, under any name. */
  invalidatedBy(reach: Reach): Iterable<Entry> {
    return reach === 'everything' ? this.#entries : this.#kept.invalidatedBy(reach);
  }

  /**
   * Forgets what may have changed, also from read batches under way.
   * @param count of all changes, this one's number
   * @param by the read batch that carries the change; what it reads behind it stays fresh
   */
  reached(reach: Reach, count: number, by: OpenBatch | undefined): void {
    for (const entry of this.invalidatedBy(reach)) {
      if (reach === 'everything' || entry.openBatch !== by) this.forget(entry);
    }
    if (mayMount(reach)) this.mounts += 1;
    this.#invalidated.push({ count, reach, by });
  }

  startRead(openBatch: OpenBatch): void {
    this.#openBatches.add(openBatch);
  }

  /** @param stillAsked by others, who may be about to enter with a read batch that is under way */
  finishRead(openBatch: OpenBatch, stillAsked: boolean): void {
    this.#openBatches.delete(openBatch);
    if (this.#openBatches.size === 0 && !stillAsked) this.#invalidated.length = 0;
  }

  /** What was invalidated since the read batch departed, but by itself. */
  *touchedSince(openBatch: OpenBatch): Generator<Reach> {
    yield* openBatch.invalidated;
    yield* this.touchedHere(openBatch);
  }

  /** That of it which this ground knows. */
  *touchedHere(openBatch: OpenBatch): Generator<Reach> {
    for (let index = this.#invalidated.length - 1; index >= 0; index -= 1) {
      const each = this.#invalidated[index];
      if (!each || each.count <= openBatch.since) return;
      if (each.by !== openBatch) yield each.reach;
    }
  }
}

/** Mounts are nobody's path. */
export const mayMount = (reach: Reach): boolean =>
  reach === 'everything' || (reach.invalidates.readers?.length ?? 0) > 0;
