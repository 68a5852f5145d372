/**
 * What is known of one host: answers by user and read, and in check what was predicted over them
 * (SEMANTICS 9, 11, 21). An apply drops what it may have touched; nothing else forgets.
 */
import type { Prediction, Touches } from '../module/plan.ts';
import type { Answer, Read } from '../module/reader.ts';

/** An answer as a step sees it: in check it may be unknown, and then says because of what. */
export type Known = Answer<unknown> | { readonly answer: 'unknown'; readonly because: string };

interface Entry {
  readonly read: Read<unknown>;
  readonly answer: Answer<unknown>;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sharedEpoch: number;
}

/** Everything that hosts share (Kubernetes objects, ports, DNS): any change anywhere counts. */
export class SharedEpoch {
  #now = 0;
  get now(): number {
    return this.#now;
  }
  advance(): void {
    this.#now += 1;
  }
}

/** A flight that is under way: what was touched meanwhile must not be stored from it. */
export interface OpenFlight {
  readonly touched: Touches[];
  sharedEpoch: number;
}

/** A read-ahead value older than this is read again at its turn. */
const freshFor = 30_000;

export class HostState {
  readonly #entries = new Map<string, Entry>();
  readonly #predicted = new Map<string, Known>();
  readonly #planned: { readonly touches: Touches; readonly because: string }[] = [];
  readonly #flights = new Set<OpenFlight>();
  readonly #shared: SharedEpoch;

  constructor(shared: SharedEpoch) {
    this.#shared = shared;
  }

  /** A moment, for `get`: changes on any host come after it or before it. */
  get epoch(): number {
    return this.#shared.now;
  }

  /**
   * The fresh answer, or undefined when it must be asked.
   * @param since of what hosts share, an answer as of this epoch will do; default: as of now
   */
  get(user: string, read: Read<unknown>, since = this.#shared.now): Known | undefined {
    const key = keyOf(user, read);
    const predicted = this.#predicted.get(key) ?? this.#predicted.get(keyOf('*', read));
    if (predicted) return predicted;
    const entry = this.#entries.get(key);
    if (!entry || !this.#isFresh(entry, since)) return undefined;
    if (entry.answer.answer !== 'absent') return entry.answer;
    const maker = this.#planned.findLast((planned) => mayAppear(read, planned.touches));
    return maker ? { answer: 'unknown', because: maker.because } : entry.answer;
  }

  #isFresh(entry: Entry, since: number): boolean {
    if (entry.read.reader.scope === 'shared' && entry.sharedEpoch < since) return false;
    return Date.now() - entry.at < freshFor;
  }

  /** Opens a flight; its answers are stored with `store` and it is ended with `land`. */
  depart(): OpenFlight {
    const flight: OpenFlight = { touched: [], sharedEpoch: this.#shared.now };
    this.#flights.add(flight);
    return flight;
  }

  store(flight: OpenFlight, user: string, read: Read<unknown>, answer: Answer<unknown>): void {
    if (flight.touched.some((touches) => isTouched(read, touches))) return;
    const sharedEpoch = flight.sharedEpoch;
    this.#entries.set(keyOf(user, read), { read, answer, at: Date.now(), sharedEpoch });
  }

  land(flight: OpenFlight): void {
    this.#flights.delete(flight);
  }

  /**
   * Something on this host changes: called when it begins and again when it has ended.
   * @param by the flight that carries the change; what it reads behind it stays fresh
   */
  changed(touches: Touches, by?: OpenFlight): void {
    this.drop(touches, by);
    this.#shared.advance();
    if (by) by.sharedEpoch = this.#shared.now;
  }

  /** Drops what may have changed, also from flights under way. */
  drop(touches: Touches, but?: OpenFlight): void {
    for (const [key, entry] of this.#entries) {
      if (isTouched(entry.read, touches)) this.#entries.delete(key);
    }
    for (const flight of this.#flights) if (flight !== but) flight.touched.push(touches);
  }

  dropReads(user: string, reads: readonly Read<unknown>[]): void {
    for (const read of reads) this.#entries.delete(keyOf(user, read));
  }

  /** Check: what a planned change will make of its reads and of what it touches. */
  predict(
    user: string,
    predictions: readonly Prediction[],
    touches: Touches | undefined,
    because: string,
  ): void {
    for (const { read, answer } of predictions) {
      const known: Known = answer.answer === 'unknown' ? { answer: 'unknown', because } : answer;
      this.#predicted.set(keyOf(user, read), known);
      this.#predicted.set(keyOf('*', read), known);
    }
    if (touches !== undefined && touches !== 'everything') this.#planned.push({ touches, because });
  }

  /** Check: the planned step, if any, that may change what one of these reads answers. */
  plannedFor(reads: readonly Read<unknown>[]): string | undefined {
    const found = this.#planned.findLast(({ touches }) =>
      reads.some((read) => isTouched(read, touches)),
    );
    return found?.because;
  }
}

const keyOf = (user: string, read: Read<unknown>): string => `${user} ${read.id}`;

/** Whether a change that touches this may alter the read's answer. */
export function isTouched(read: Read<unknown>, touches: Touches): boolean {
  if (touches === 'everything') return true;
  if (changesSomething(touches) && read.reader.dependsOnEverything?.(read.key)) return true;
  if (touches.readers?.includes(read.reader.name)) return true;
  if (touches.reads?.some((touched) => touched.id === read.id)) return true;
  const sources = touches.paths?.length ? (read.reader.dependsOn?.(read.key) ?? []) : [];
  return sources.some((source) => touches.paths?.some((path) => overlaps(source, path)) ?? false);
}

/**
 * Whether a planned change may bring what is absent now: a package its units and accounts, a unit
 * file its unit. What is below a planned folder stays absent.
 */
function mayAppear(read: Read<unknown>, touches: Touches): boolean {
  if (touches === 'everything') return false;
  const named = { ...touches, paths: [] };
  if (isTouched(read, named)) return true;
  const sources = read.reader.dependsOn?.(read.key) ?? [];
  return sources.some((source) => touches.paths?.some((path) => makes(path, source)) ?? false);
}

/** Whether a written path is the source itself, or lies in it where it is a folder. */
const makes = (path: string, source: string): boolean =>
  source.endsWith('/') ? path.startsWith(source) : path === source;

function changesSomething({ paths, readers, reads }: Exclude<Touches, 'everything'>): boolean {
  return [paths, readers, reads].some((list) => list !== undefined && list.length > 0);
}

function overlaps(source: string, path: string): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  if (source === path || source.startsWith(folder)) return true;
  return source.endsWith('/') && (path.startsWith(source) || folder === source);
}
