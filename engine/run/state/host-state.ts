/**
 * What is known of one host: answers by user and read, and in check what was predicted over them
 * (rules 9, keys of values, and 11, what ends reading ahead, and 21, check). An apply drops what it
 * may have invalidated; nothing else forgets.
 */
import type { LimitFunction } from 'p-limit';
import { machine } from '../../module/machine.ts';
import { mountTable, type MountPoint } from '../../module/mount-table.ts';
import type { Prediction, Invalidates } from '../../module/plan.ts';
import { way } from '../../module/read-ways.ts';
import type { Answer, Read } from '../../module/reader.ts';
import { BroughtState } from './brought-state.ts';
import type { Way } from '../../module/way.ts';
import { Clock, type Moment } from './clock.ts';
import { Foreseen } from './foreseen.ts';
import { Ground, mayMount, type Entry, type OpenBatch } from './ground.ts';
import { reaches } from './kept.ts';
import type { Known } from './known.ts';
import { bare, waysBehind, Whereabouts } from './whereabouts.ts';

export type { OpenBatch } from './ground.ts';

/**
 * Everything that hosts share (Kubernetes objects, ports, DNS): any change anywhere counts. And
 * which of them are one machine.
 */
export class SharedEpoch extends Clock {
  /** Hosts that have a read batch under way and have not told yet which machine they are. */
  readonly strangers = new Set<HostState>();
  /** Changes so far, each counted as often as it may have altered something. */
  invalidated = 0;
  readonly #grounds = new Map<string, Ground>();

  /** @param id of a machine */
  groundOf(id: string): Ground {
    const known = this.#grounds.get(id) ?? new Ground();
    this.#grounds.set(id, known);
    return known;
  }
}

/** What a change may alter, and where. */
export interface Alteration {
  /** On the host where it is done, and on the one that asked. */
  readonly invalidates: Invalidates;
  /** The host that asked, where the work is done elsewhere. */
  readonly asker?: HostState | undefined;
  /** Nothing says that other hosts are left alone. */
  readonly everywhere: boolean;
  /** It may write files of the controller. */
  readonly files: boolean;
}

/** A read-ahead value older than this is read again at its turn. */
const freshFor = 30_000;

export class HostState {
  readonly #entries = new Map<string, Entry>();
  readonly #users = new Set<string>();
  readonly #openBatches = new Set<OpenBatch>();
  /** Check: what packages that are planned bring. */
  readonly brought = new BroughtState();
  readonly #shared: SharedEpoch;
  /** As long as nobody knows which machine it is, and where it does not tell. */
  readonly #alone = new Ground();
  #ground = this.#alone;
  /** It was asked which machine it is. */
  #told = false;
  readonly #where = new Whereabouts((path) => this.#waysOf(path));
  /** What links hold, by their real names; for check, where nothing changes. */
  readonly #links = new Map<string, string>();
  readonly #foreseen = new Foreseen({
    where: this.#where,
    linkAt: (name) => this.#links.get(name),
    answer: (user, read) => this.#entries.get(keyOf(user, read))?.answer,
  });
  /** When the mount table was read; 0 when it may be another one now. */
  #mountsAt = 0;
  #mountsOf = 0;
  #points: readonly MountPoint[] | undefined;

  constructor(shared: SharedEpoch) {
    this.#shared = shared;
    this.#alone.enter(this, undefined, []);
  }

  /** A moment, for `get`: changes on any host come after it or before it. */
  get now(): Moment {
    return this.#shared.now;
  }

  /**
   * The fresh answer, or undefined when it must be asked.
   * @param since of what others do, an answer as of this moment will do; default: as of now
   */
  get(user: string, read: Read<unknown>, since = this.#shared.now): Known | undefined {
    return this.brought.over(read, this.#withoutPackages(user, read, since));
  }

  #withoutPackages(user: string, read: Read<unknown>, since: Moment): Known | undefined {
    if (this.#foreseen.isEmpty) return this.#fresh(user, read, since);
    return this.#foreseen.get(user, read, (asks) => this.#fresh(user, asks, since));
  }

  /** The read as the host is to be asked for it: in check a planned link may lead elsewhere. */
  asks(user: string, read: Read<unknown>): Read<unknown> {
    return this.#foreseen.asks(user, read);
  }

  #fresh(user: string, read: Read<unknown>, since: Moment): Answer<unknown> | undefined {
    const entry = this.#entries.get(keyOf(user, read));
    return entry && this.#isFresh(entry, since) ? entry.answer : undefined;
  }

  #isFresh({ roots, asOf, at }: Entry, since: Moment): boolean {
    if (asOf.reaches < since.reaches) return false;
    if (roots.read.reader.scope === 'shared' && asOf.changes < since.changes) return false;
    return isRecent(at);
  }

  #waysOf(path: string, still = (_entry: Entry): boolean => true): readonly Way[] {
    const read = way(path);
    return [...this.#users].flatMap((user) => {
      const entry = this.#entries.get(keyOf(user, read));
      return entry?.answer.answer === 'value' && still(entry) ? [entry.answer.value as Way] : [];
    });
  }

  /** What is to be asked before these reads: where their paths lead, and what is mounted. */
  surroundings(
    reads: readonly Read<unknown>[],
    invalidates?: Invalidates,
  ): readonly Read<unknown>[] {
    const invalidated =
      invalidates === undefined || invalidates === 'everything' ? [] : (invalidates.paths ?? []);
    const paths = new Set([...waysBehind(reads), ...invalidated.map(bare)]);
    const asked = invalidates === undefined ? this.#whichMachine() : [];
    if (paths.size === 0) return asked;
    const same = this.#mountsOf === this.#ground.mounts && isRecent(this.#mountsAt);
    const table = same ? [] : [mountTable('host')];
    return [...asked, ...table, ...[...paths].map((path) => way(path))];
  }

  /** What is to be asked before a change: where it happens, as far as nobody knows. */
  unlocated(invalidates: Invalidates): readonly Read<unknown>[] {
    const { now } = this;
    const paths = invalidates === 'everything' ? [] : (invalidates.paths ?? []);
    const unknown = [...new Set(paths.map(bare))].filter(
      (path) => this.#waysOf(path, (entry) => this.#isFresh(entry, now)).length === 0,
    );
    return [...this.#whichMachine(), ...unknown.map((path) => way(path))];
  }

  #whichMachine(): readonly Read<unknown>[] {
    return this.#told ? [] : [machine('host')];
  }

  /** Opens a read batch; its answers are stored with `store` and it is ended with `finishRead`. */
  startRead(): OpenBatch {
    const { now: asOf, invalidated: since } = this.#shared;
    const openBatch: OpenBatch = { invalidated: [], since, asOf };
    this.#openBatches.add(openBatch);
    this.#ground.startRead(openBatch);
    if (!this.#told) this.#shared.strangers.add(this);
    return openBatch;
  }

  store(openBatch: OpenBatch, user: string, read: Read<unknown>, answer: Answer<unknown>): void {
    if (isMountTable(read, answer)) return this.#mounted(answer.value);
    if (read.reader === machine.definition) return this.#identify(answer);
    const key = keyOf(user, read);
    this.#forget(key);
    this.#users.add(user);
    const adrift = { read, at: [], within: [], inodes: [], adrift: false };
    const now = {
      among: this.#entries,
      key,
      answer,
      at: Date.now(),
      asOf: openBatch.asOf,
      openBatch,
    };
    // Where a path leads is known by its own answer.
    if (read.reader === way.definition) {
      this.#learn(answer);
      this.#entries.set(key, { ...now, roots: adrift });
    }
    const entry = { ...now, roots: this.#where.rootsOf(read) };
    this.#entries.set(key, entry);
    this.#ground.add(entry);
    for (const reach of this.#ground.touchedSince(openBatch)) {
      if (reaches(reach, entry.roots)) return this.#ground.forget(entry);
    }
  }

  #identify(answer: Answer<unknown>): void {
    const id = answer.answer === 'value' ? String(answer.value) : undefined;
    this.#moveTo(id === undefined ? this.#alone : this.#shared.groundOf(id));
    this.#told = true;
    this.#shared.strangers.delete(this);
  }

  #moveTo(ground: Ground): void {
    const before = this.#ground;
    if (ground === before) return;
    for (const openBatch of this.#openBatches) {
      // What was invalidated there is to be heeded here too.
      openBatch.invalidated.push(...before.touchedHere(openBatch));
      before.finishRead(openBatch, this.#stillAsked);
      ground.startRead(openBatch);
    }
    before.leave(this, this.#entries.values());
    ground.enter(this, this.#points, this.#entries.values());
    this.#ground = ground;
    this.#mountsOf = ground.mounts;
  }

  get #stillAsked(): boolean {
    return this.#shared.strangers.size > 0;
  }

  /** The connection was lost: another system may answer the next one. */
  lost(): void {
    this.drop('everything');
    this.#moveTo(this.#alone);
    this.#told = false;
  }

  /** Whether another name of the inventory is this machine. */
  isSame(other: HostState): boolean {
    return this !== other && this.#ground === other.#ground;
  }

  get hasOtherNames(): boolean {
    return this.#ground.names.size > 1;
  }

  /** Whether one of them is this machine by another name; as quick as the smaller number of names. */
  isAmong(hosts: ReadonlySet<object>): boolean {
    const { names } = this.#ground;
    if (names.size < 2) return false;
    const [few, many] = names.size < hosts.size ? [names, hosts] : [hosts, names];
    for (const one of few) if (one !== this && many.has(one)) return true;
    return false;
  }

  /** One at a time, under all names of the machine. */
  get exclusive(): LimitFunction {
    return this.#ground.exclusive;
  }

  #learn(answer: Answer<unknown>): void {
    if (answer.answer !== 'value') return;
    for (const { at, to } of (answer.value as Way).links) {
      if (this.#links.get(at) !== to) this.#foreseen.moved();
      this.#links.set(at, to);
    }
  }

  finishRead(openBatch: OpenBatch): void {
    this.#openBatches.delete(openBatch);
    if (this.#openBatches.size === 0) this.#shared.strangers.delete(this);
    this.#ground.finishRead(openBatch, this.#stillAsked);
  }

  #mounted(points: readonly MountPoint[]): void {
    this.#mountsAt = Date.now();
    this.#mountsOf = this.#ground.mounts;
    if (!this.#where.mounted(points)) return;
    this.#foreseen.moved();
    this.#points = points;
    this.#ground.sees(this, points);
    // Every place has another name now.
    this.#clear();
  }

  #clear(): void {
    for (const entry of this.#entries.values()) this.#ground.forget(entry);
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry) this.#ground.forget(entry);
  }

  /**
   * Something on this host changes: called when it begins and again when it has ended.
   * @param by the read batch that carries the change; what it reads behind it stays fresh
   */
  changed(of: Alteration, by?: OpenBatch): void {
    this.reached(of.invalidates, by);
    if (of.asker !== this) of.asker?.reached(of.invalidates);
    this.#shared.advance(of);
    if (by) by.asOf = this.#shared.now;
  }

  /** Drops what may have changed, under all names of the machine, also from read batches under way. */
  reached(invalidates: Invalidates, but?: OpenBatch): void {
    this.#shared.invalidated += 1;
    const reach = this.#where.reachOf(invalidates);
    for (const each of [reach, ...this.#ground.reachesOf(invalidates)]) {
      this.#ground.reached(each, this.#shared.invalidated, but);
    }
  }

  /** Drops what may have changed under this name alone, also from read batches under way. */
  drop(invalidates: Invalidates): void {
    const reach = this.#where.reachOf(invalidates);
    if (reach === 'everything') this.#clear();
    else {
      for (const entry of this.#ground.invalidatedBy(reach)) {
        if (entry.among === this.#entries) this.#ground.forget(entry);
      }
    }
    if (mayMount(reach)) this.#mountsAt = 0;
    for (const openBatch of this.#openBatches) openBatch.invalidated.push(reach);
  }

  /**
   * Check: what a planned step will make of its reads and of what it invalidates.
   * @param acts it is an action: nobody knows what becomes of what it invalidates
   */
  predict(
    user: string,
    predictions: readonly Prediction[],
    invalidates: Invalidates | undefined,
    { because, acts = false }: { readonly because: string; readonly acts?: boolean },
  ): void {
    this.brought.predicted(predictions, invalidates, because);
    this.#foreseen.predict(user, predictions, invalidates, { because, acts });
  }

  /** Check: a planned step may change anything of the host. */
  predictAnything(because: string): void {
    this.#foreseen.predictAnything(because);
  }

  /** Check: the planned step, if any, that may change what one of these reads answers. */
  plannedFor(user: string, reads: readonly Read<unknown>[]): string | undefined {
    return this.#foreseen.plannedFor(user, reads);
  }

  dropReads(user: string, reads: readonly Read<unknown>[]): void {
    for (const read of reads) this.#forget(keyOf(user, this.asks(user, read)));
  }
}

/** Most is read as the user who logged in: no text is made for that. No id has a NUL in it. */
const keyOf = (user: string, read: Read<unknown>): string =>
  user === '' ? read.id : `${user}\0${read.id}`;
const isRecent = (at: number): boolean => Date.now() - at < freshFor;

const isMountTable = (
  read: Read<unknown>,
  answer: Answer<unknown>,
): answer is { answer: 'value'; value: readonly MountPoint[] } =>
  read.reader === mountTable.definition && answer.answer === 'value';
