/**
 * Check: what planned steps will have made of a host, by what things are. A planned link leads
 * where it will lead: what is read through it is asked of the path where it ends.
 */
import type { Prediction, Invalidates } from '../../module/plan.ts';
import type { Answer, Read } from '../../module/reader.ts';
import { followWay, type Way } from '../../module/way.ts';
import type { Known } from './known.ts';
import type { Roots } from './kept.ts';
import { PlannedReach } from './planned-reach.ts';
import { bare, type Whereabouts } from './whereabouts.ts';

/** What of the host itself is known. */
export interface HostNow {
  readonly where: Whereabouts;
  /** What the link of that real name holds. */
  linkAt(name: string): string | undefined;
  answer(user: string, read: Read<unknown>): Answer<unknown> | undefined;
}

/** What a step was planned to do, as it was said. */
interface Planned {
  readonly user: string;
  readonly predictions: readonly {
    readonly read: Read<unknown>;
    readonly answer: Prediction['answer'];
    readonly known: Known;
    /** Of what is not about a path. */
    readonly names: readonly string[] | undefined;
  }[];
  readonly invalidates: Invalidates | undefined;
  readonly because: string;
  readonly acts: boolean;
  /** Everything may be another behind it. */
  readonly anything?: true;
}

interface Predicted {
  readonly known: Known;
  /** How many actions were planned before it. */
  readonly actions: number;
  /** How many steps were, itself among them. */
  reached: number;
}

/** A read where planned links lead it. */
interface Seen {
  /** To be asked of the host. */
  readonly asks: Read<unknown>;
  /** Names of the same thing. */
  readonly ids: readonly string[];
  /** Where it ends, if its last part is a link that is followed. */
  readonly end: string | undefined;
  /** A planned step removed a folder on its way: what the host still says of it will be gone. */
  readonly gone: string | undefined;
}

export class Foreseen {
  readonly #host: HostNow;
  readonly #answers = new Map<string, Predicted>();
  /** By real name: what a planned link holds, undefined for what is no link any more. */
  readonly #links = new Map<
    string,
    { readonly to: string | undefined; readonly because: string }
  >();
  /** What was removed once, by real name: nothing that the host says of below will hold. */
  readonly #removed = new Map<string, string>();
  /** Real names of what will be there. */
  readonly #made = new Set<string>();
  #reach = new PlannedReach();
  /** What actions say that they touch: of that nothing is known that was known before. */
  #actions = new PlannedReach();
  readonly #planned: Planned[] = [];
  #placesMoved = false;
  /** Answers as they read under another name of the same thing. */
  readonly #retold = new WeakMap<Known, Map<string, Known>>();
  isEmpty = true;

  constructor(host: HostNow) {
    this.#host = host;
  }

  /** @param acts nobody knows what the step makes of what it invalidates */
  predict(
    user: string,
    predictions: readonly Prediction[],
    invalidates: Invalidates | undefined,
    { because, acts }: { readonly because: string; readonly acts: boolean },
  ): void {
    this.isEmpty = false;
    this.#follow();
    const planned = {
      user,
      predictions: predictions.map(({ read, answer }) => ({
        read,
        answer,
        known: answer.answer === 'unknown' ? ({ answer: 'unknown', because } as const) : answer,
        names: this.#namesOf(user, read, answer),
      })),
      invalidates,
      because,
      acts,
    };
    this.#planned.push(planned);
    this.#count(planned);
  }

  /** Of what was known or predicted before nothing is known any more. */
  predictAnything(because: string): void {
    this.isEmpty = false;
    const nothing = { user: '', predictions: [], invalidates: undefined };
    const planned = { ...nothing, because, acts: true, anything: true } as const;
    this.#planned.push(planned);
    this.#count(planned);
  }

  #count({ user, predictions, invalidates, because, acts, anything }: Planned): void {
    if (anything) for (const reach of [this.#actions, this.#reach]) reach.addAnything(because);
    // What it predicts all the same holds.
    if (acts) this.#reached(this.#actions, invalidates, because);
    for (const { read, answer } of predictions) {
      if (answer.answer !== 'unknown') this.#show(read, answer, because);
    }
    const all: Predicted[] = [];
    for (const { read, known, names } of predictions) {
      const predicted = { known, actions: this.#actions.count, reached: 0 };
      all.push(predicted);
      for (const id of names ?? this.#see(user, read).ids) {
        this.#answers.set(`${user} ${id}`, predicted);
        this.#answers.set(`* ${id}`, predicted);
      }
    }
    this.#reached(this.#reach, invalidates, because);
    for (const each of all) each.reached = this.#reach.count;
  }

  /**
   * The host told of mounts or links that nobody knew when something was planned: places have other
   * names now.
   */
  moved(): void {
    this.#placesMoved = !this.isEmpty;
  }

  #follow(): void {
    if (!this.#placesMoved) return;
    this.#placesMoved = false;
    this.#reach = new PlannedReach();
    this.#actions = new PlannedReach();
    for (const known of [this.#answers, this.#links, this.#removed, this.#made]) known.clear();
    for (const planned of this.#planned) this.#count(planned);
  }

  #reached(by: PlannedReach, invalidates: Invalidates | undefined, because: string): void {
    if (invalidates === undefined) return;
    const reach = this.#host.where.reachOf(invalidates, (path) => this.#touchedWay(path));
    if (reach !== 'everything') by.add(reach, because);
  }

  /** Follows what a prediction says that a path will be. */
  #show(read: Read<unknown>, answer: Answer<unknown>, because: string): void {
    const { about } = read.reader;
    const shown = about?.shows?.(read.key, answer);
    if (!about || shown === undefined) return;
    const { name } = this.#way(about.path(read.key));
    if (typeof shown === 'object') this.#links.set(name, { to: shown.link, because });
    else if (this.#linkAt(name) !== undefined) this.#links.set(name, { to: undefined, because });
    if (shown === 'nothing') this.#removed.set(name, because);
    else this.#made.add(name);
  }

  /** Of what is about a path they are found anew where places move. */
  #namesOf(
    user: string,
    read: Read<unknown>,
    answer: Prediction['answer'],
  ): readonly string[] | undefined {
    const { reader } = read;
    if (reader.about) return undefined;
    if (!reader.names) return this.#see(user, read).ids;
    const answers = [answer, this.#host.answer(user, read)].flatMap((each) =>
      each === undefined || each.answer === 'unknown' ? [] : [each],
    );
    return [read.id, ...answers.flatMap((each) => idsOf(read, each))];
  }

  /** The read as the host is to be asked for it. */
  asks(user: string, read: Read<unknown>): Read<unknown> {
    this.#follow();
    return this.isEmpty ? read : this.#see(user, read).asks;
  }

  /**
   * What a step sees.
   * @param fresh what the host has answered, if that still holds
   */
  get(
    user: string,
    read: Read<unknown>,
    fresh: (read: Read<unknown>) => Answer<unknown> | undefined,
  ): Known | undefined {
    this.#follow();
    const seen = this.#see(user, read);
    const predicted = this.#predicted(user, seen);
    const acted = this.#acted(seen, predicted?.actions ?? 0);
    const because = acted ?? this.#filled(seen, predicted?.reached ?? 0);
    if (because !== undefined) return { answer: 'unknown', because };
    if (predicted) return this.#asAsked(predicted.known, seen, read);
    const crossed = this.#crossed(read);
    if (crossed !== undefined) return { answer: 'unknown', because: crossed };
    if (seen.gone !== undefined) return this.#goneBelow(read, seen.gone);
    const answer = fresh(seen.asks);
    if (!answer) return undefined;
    const roots = this.#rootsOf(seen.asks);
    const altered =
      answer.answer === 'absent' ? this.#reach.bringing(roots) : this.#reach.changingInode(roots);
    if (altered !== undefined) return { answer: 'unknown', because: altered };
    return this.#asAsked(answer, seen, read);
  }

  #predicted(user: string, { ids }: Seen): Predicted | undefined {
    for (const id of ids) {
      const found = this.#answers.get(`${user} ${id}`) ?? this.#answers.get(`* ${id}`);
      if (found) return found;
    }
    return undefined;
  }

  /** The planned action, after the first `before`, that may change the answer. */
  #acted({ asks }: Seen, before: number): string | undefined {
    if (this.#actions.count <= before) return undefined;
    return this.#actions.changing(this.#rootsOf(asks), before);
  }

  /** What is asked of all below a folder is another once something there is planned. */
  #filled({ asks }: Seen, before: number): string | undefined {
    if (asks.reader.about === undefined || this.#reach.count <= before) return undefined;
    return this.#reach.below(this.#rootsOf(asks).within, before);
  }

  /** The planned step, if any, that may change what one of these reads answers. */
  plannedFor(user: string, reads: readonly Read<unknown>[]): string | undefined {
    this.#follow();
    for (const read of reads) {
      const because = this.#reach.changing(this.#rootsOf(this.#see(user, read).asks));
      if (because !== undefined) return because;
    }
    return undefined;
  }

  #linkAt(name: string): string | undefined {
    const planned = this.#links.get(name);
    return planned ? planned.to : this.#host.linkAt(name);
  }

  #way(path: string): Way {
    return followWay(path, (name) => this.#linkAt(name));
  }

  #see(user: string, read: Read<unknown>): Seen {
    const { about } = read.reader;
    if (!about) {
      const answer = this.#host.answer(user, read);
      const ids = answer ? idsOf(read, answer) : [];
      return { asks: read, ids: [read.id, ...ids], end: undefined, gone: undefined };
    }
    const path = about.path(read.key);
    const follows = about.follows(read.key);
    const way = this.#way(path);
    const now = followWay(path, (name) => this.#host.linkAt(name));
    const target = follows ? way.end : way.name;
    const moved =
      target !== (follows ? now.end : now.name) || way.left.some((at) => this.#made.has(at));
    const at = (where: string): Read<unknown> => readOf(read, about.at(read.key, where));
    return {
      asks: moved ? at(target) : read,
      ids: [at(this.#host.where.placeOf(target)).id],
      end: follows && way.end !== way.name ? way.end : undefined,
      gone: this.#goneAbove(target, read),
    };
  }

  /** A folder's own removal is a prediction of its own; what is asked of all below it is gone. */
  #goneAbove(path: string, read: Read<unknown>): string | undefined {
    if (this.#removed.size === 0) return undefined;
    const below = read.reader.dependsOn?.(read.key).some((source) => source.endsWith('/'));
    for (const at of andAbove(path)) {
      const because = this.#removed.get(at);
      if (because !== undefined && (at !== path || below)) return because;
    }
    return undefined;
  }

  #goneBelow(read: Read<unknown>, because: string): Known {
    const all = read.reader.dependsOn?.(read.key).some((source) => source.endsWith('/'));
    return all ? { answer: 'unknown', because } : { answer: 'absent' };
  }

  /** A planned link on the way of a read that cannot be asked elsewhere. */
  #crossed(read: Read<unknown>): string | undefined {
    if (read.reader.about || this.#links.size === 0) return undefined;
    for (const source of read.reader.dependsOn?.(read.key) ?? []) {
      const { name, links } = this.#way(bare(source));
      for (const at of [...links.map((link) => link.at), ...andAbove(name)]) {
        const planned = this.#links.get(at);
        if (planned) return planned.because;
      }
    }
    return undefined;
  }

  #asAsked(known: Known, { asks, end }: Seen, read: Read<unknown>): Known {
    const { about } = read.reader;
    if (!about || known.answer === 'unknown' || known.answer === 'denied') return known;
    if (known.answer === 'value')
      return this.#told(known, `${read.id} ${end ?? ''}`, () => ({
        answer: 'value',
        value: about.as(known.value, asks.key, read.key, end),
      }));
    // The host answers for a link that leads nowhere, in its own way.
    const link =
      end === undefined ? undefined : this.#links.get(this.#way(about.path(read.key)).name);
    return link?.to === undefined ? known : { answer: 'unknown', because: link.because };
  }

  /** Made once: a step that asks twice sees whether anything changed. */
  #told(known: Known, as: string, make: () => Known): Known {
    const all = this.#retold.get(known) ?? new Map<string, Known>();
    this.#retold.set(known, all);
    const told = all.get(as) ?? make();
    all.set(as, told);
    return told;
  }

  #rootsOf(read: Read<unknown>): Roots {
    return this.#host.where.rootsOf(read, (path) => this.#plannedWay(path));
  }

  /** What it passes is followed already, and is nothing that a change there could alter. */
  #plannedWay(path: string): Way {
    const [now] = this.#host.where.known(path);
    return { ...now, ...this.#way(path), links: [], left: [] };
  }

  /** A step that makes a link has not to do with what the link points to. */
  #touchedWay(path: string): Way {
    const way = this.#plannedWay(path);
    return this.#links.has(way.name) ? { ...way, end: way.name } : way;
  }
}

/** The path and each folder above it. */
function andAbove(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) found.push(at);
  return found;
}

const readOf = (read: Read<unknown>, key: unknown): Read<unknown> => ({
  reader: read.reader,
  key,
  id: `${read.reader.name} ${JSON.stringify(key)}`,
});

const idsOf = ({ reader, key }: Read<unknown>, answer: Answer<unknown>): readonly string[] =>
  reader.names?.(key, answer).map((name) => `${reader.name} = ${name}`) ?? [];
