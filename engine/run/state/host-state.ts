/**
 * What is known of one host: answers by user and read, and in check what was predicted over them
 * (SEMANTICS 9, 11, 21). An apply drops what it may have touched; nothing else forgets.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import { machine } from '../../module/machine.ts';
import { mountTable, type MountPoint } from '../../module/mount-table.ts';
import type { Prediction, Touches } from '../../module/plan.ts';
import { way } from '../../module/read-ways.ts';
import type { Answer, Read } from '../../module/reader.ts';
import { BroughtState } from '../check/brought-state.ts';
import type { Way } from '../../module/way.ts';
import { Clock, type Moment } from './clock.ts';
import { Foreseen } from '../check/foreseen.ts';
import { Kept, reaches, type Reach, type Roots } from './kept.ts';
import type { Known } from './known.ts';
import { Machines } from './machines.ts';
import { bare, waysBehind, Whereabouts } from './whereabouts.ts';

interface Entry {
  readonly roots: Roots;
  readonly answer: Answer<unknown>;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly asOf: Moment;
  readonly flight: OpenFlight;
}

/**
 * Everything that hosts share (Kubernetes objects, ports, DNS): any change anywhere counts. And
 * which of them are one machine.
 */
export class SharedEpoch extends Clock {
  readonly machines = new Machines<HostState>();
  /** Hosts that have a flight under way and have not told yet which machine they are. */
  readonly strangers = new Set<HostState>();
}

/** A flight that is under way: what was touched meanwhile must not be stored from it. */
export interface OpenFlight {
  readonly touched: Reach[];
  /** Touched on a machine that may be this one. */
  readonly elsewhere: { readonly machine: string; readonly reach: Reach }[];
  asOf: Moment;
}

/** What a change may alter, and where. */
export interface Alteration {
  /** On the host where it is done, and on the one that asked. */
  readonly touches: Touches;
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
  readonly #kept = new Kept();
  readonly #users = new Set<string>();
  readonly #flights = new Set<OpenFlight>();
  /** Check: what packages that are planned bring. */
  readonly brought = new BroughtState();
  readonly #shared: SharedEpoch;
  readonly #alone = pLimit(1);
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

  constructor(shared: SharedEpoch) {
    this.#shared = shared;
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
  surroundings(reads: readonly Read<unknown>[], touches?: Touches): readonly Read<unknown>[] {
    const touched = touches === undefined || touches === 'everything' ? [] : (touches.paths ?? []);
    const paths = new Set([...waysBehind(reads), ...touched.map(bare)]);
    const asked = touches === undefined ? this.#whichMachine() : [];
    if (paths.size === 0) return asked;
    const table = isRecent(this.#mountsAt) ? [] : [mountTable('host')];
    return [...asked, ...table, ...[...paths].map((path) => way(path))];
  }

  /** What is to be asked before a change: where it happens, as far as nobody knows. */
  unlocated(touches: Touches): readonly Read<unknown>[] {
    const { now } = this;
    const paths = touches === 'everything' ? [] : (touches.paths ?? []);
    const unknown = [...new Set(paths.map(bare))].filter(
      (path) => this.#waysOf(path, (entry) => this.#isFresh(entry, now)).length === 0,
    );
    return [...this.#whichMachine(), ...unknown.map((path) => way(path))];
  }

  #whichMachine(): readonly Read<unknown>[] {
    return this.#shared.machines.isKnown(this) ? [] : [machine('host')];
  }

  /** Opens a flight; its answers are stored with `store` and it is ended with `land`. */
  depart(): OpenFlight {
    const flight: OpenFlight = { touched: [], elsewhere: [], asOf: this.#shared.now };
    this.#flights.add(flight);
    if (!this.#shared.machines.isKnown(this)) this.#shared.strangers.add(this);
    return flight;
  }

  store(flight: OpenFlight, user: string, read: Read<unknown>, answer: Answer<unknown>): void {
    if (isMountTable(read, answer)) return this.#mounted(answer.value);
    if (read.reader === machine.definition) return this.#identify(answer);
    const { asOf } = flight;
    const key = keyOf(user, read);
    this.#forget(key);
    this.#users.add(user);
    const entry = { answer, at: Date.now(), asOf, flight };
    // Where a path leads is known by its own answer.
    if (read.reader === way.definition) {
      this.#learn(answer);
      this.#entries.set(key, {
        ...entry,
        roots: { read, at: [], within: [], inodes: [], adrift: false },
      });
    }
    const roots = this.#where.rootsOf(read);
    this.#entries.set(key, { ...entry, roots });
    this.#kept.add(key, roots);
    if (touchedOf(flight, this.#machine).some((reach) => reaches(reach, roots))) this.#forget(key);
  }

  get #machine(): string | undefined {
    return this.#shared.machines.idOf(this);
  }

  #identify(answer: Answer<unknown>): void {
    this.#shared.machines.identify(
      this,
      answer.answer === 'value' ? String(answer.value) : undefined,
    );
    this.#shared.strangers.delete(this);
  }

  /** The connection was lost: another system may answer the next one. */
  lost(): void {
    this.drop('everything');
    this.#shared.machines.forget(this);
  }

  /** Whether another name of the inventory is this machine. */
  isSame(other: HostState): boolean {
    return this.#machine !== undefined && this.#machine === other.#machine;
  }

  get hasOtherNames(): boolean {
    return this.#shared.machines.others(this).length > 0;
  }

  /** One at a time, under all names of the machine. */
  get exclusive(): LimitFunction {
    return this.#shared.machines.exclusive(this) ?? this.#alone;
  }

  #learn(answer: Answer<unknown>): void {
    if (answer.answer !== 'value') return;
    for (const { at, to } of (answer.value as Way).links) this.#links.set(at, to);
  }

  land(flight: OpenFlight): void {
    this.#flights.delete(flight);
    if (this.#flights.size === 0) this.#shared.strangers.delete(this);
  }

  #mounted(points: readonly MountPoint[]): void {
    this.#mountsAt = Date.now();
    // Every place has another name now.
    if (this.#where.mounted(points)) this.#clear();
  }

  #clear(): void {
    for (const key of this.#entries.keys()) this.#forget(key);
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#kept.remove(key, entry.roots);
  }

  /**
   * Something on this host changes: called when it begins and again when it has ended.
   * @param by the flight that carries the change; what it reads behind it stays fresh
   */
  changed(of: Alteration, by?: OpenFlight): void {
    this.reached(of.touches, by);
    if (of.asker !== this) of.asker?.reached(of.touches);
    this.#shared.advance(of);
    if (by) by.asOf = this.#shared.now;
  }

  /** Drops what may have changed, under all names of the machine. */
  reached(touches: Touches, but?: OpenFlight): void {
    const reach = this.#where.reachOf(touches);
    this.#drop(reach, but);
    const machine = this.#machine;
    if (machine === undefined) return;
    for (const other of this.#shared.machines.others(this)) {
      other.#drop(reach);
      other.drop(touches);
    }
    for (const other of this.#shared.strangers) {
      for (const flight of other.#flights) flight.elsewhere.push({ machine, reach });
    }
  }

  /** Drops what may have changed, also from flights under way. */
  drop(touches: Touches, but?: OpenFlight): void {
    this.#drop(this.#where.reachOf(touches), but);
  }

  #drop(reach: Reach, but?: OpenFlight): void {
    if (reach === 'everything') this.#clear();
    else {
      for (const key of this.#kept.touchedBy(reach)) {
        if (!but || this.#entries.get(key)?.flight !== but) this.#forget(key);
      }
    }
    // Mounts are nobody's path.
    if (reach === 'everything' || reach.touches.readers?.length) this.#mountsAt = 0;
    for (const flight of this.#flights) if (flight !== but) flight.touched.push(reach);
  }

  /**
   * Check: what a planned step will make of its reads and of what it touches.
   * @param acts it is an action: nobody knows what becomes of what it touches
   */
  predict(
    user: string,
    predictions: readonly Prediction[],
    touches: Touches | undefined,
    { because, acts = false }: { readonly because: string; readonly acts?: boolean },
  ): void {
    this.brought.predicted(predictions, touches, because);
    this.#foreseen.predict(user, predictions, touches, { because, acts });
  }

  /** Check: the planned step, if any, that may change what one of these reads answers. */
  plannedFor(user: string, reads: readonly Read<unknown>[]): string | undefined {
    return this.#foreseen.plannedFor(user, reads);
  }

  dropReads(user: string, reads: readonly Read<unknown>[]): void {
    for (const read of reads) this.#forget(keyOf(user, this.asks(user, read)));
  }
}

const keyOf = (user: string, read: Read<unknown>): string => `${user} ${read.id}`;
const isRecent = (at: number): boolean => Date.now() - at < freshFor;

const touchedOf = ({ touched, elsewhere }: OpenFlight, of: string | undefined): Reach[] => [
  ...touched,
  ...elsewhere.filter(({ machine }) => machine === of).map(({ reach }) => reach),
];

const isMountTable = (
  read: Read<unknown>,
  answer: Answer<unknown>,
): answer is { answer: 'value'; value: readonly MountPoint[] } =>
  read.reader === mountTable.definition && answer.answer === 'value';
