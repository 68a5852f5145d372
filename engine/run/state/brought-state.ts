/**
 * Check: what packages that planned steps bring make of a host's answers (rules 21, check, and 22,
 * what check promises).
 */
import type { Brought } from '../../module/brought.ts';
import type { Prediction, Invalidates } from '../../module/plan.ts';
import type { Answer, Read } from '../../module/reader.ts';
import type { Known } from './known.ts';

type FromPackages = NonNullable<Read<unknown>['reader']['brought']>;

interface Coming {
  readonly because: string;
  readonly at: number;
  /** Undefined: nobody knows what the packages bring. */
  readonly brought: Brought | undefined;
  /** Folders that they may put anything into. */
  readonly folders: readonly string[];
}

export class BroughtState {
  readonly #coming: Coming[] = [];
  /** Ids of reads that a step predicted, and paths that one invalidated, with when. */
  readonly #predicted = new Map<string, number>();
  readonly #invalidated: { readonly path: string; readonly at: number }[] = [];
  /** Names and versions of all packages that planned steps bring. */
  readonly packages = new Map<string, string>();
  /** Equal questions get the same answer, by identity: what was planned on it stands. */
  readonly #answers = new Map<
    string,
    { readonly of: Known; readonly at: number; readonly is: Known }
  >();
  #now = 0;

  /** A planned step: what it predicts is newer than what packages brought before. */
  predicted(
    predictions: readonly Prediction[],
    invalidates: Invalidates | undefined,
    because: string,
  ): void {
    this.#now += 1;
    const at = this.#now;
    for (const { read } of predictions) this.#predicted.set(read.id, at);
    if (invalidates === undefined || invalidates === 'everything') return;
    const { paths = [], anything } = invalidates;
    if (anything === true) this.#coming.push({ because, at, brought: undefined, folders: paths });
    else for (const path of paths) this.#invalidated.push({ path, at });
  }

  /** A planned step brings packages of which it is known what comes with them. */
  comes(brought: Brought, because: string): void {
    this.#now += 1;
    this.#coming.push({ because, at: this.#now, brought, folders: [] });
  }

  /** @param known what is known without the packages; undefined where the host is to be asked */
  over(read: Read<unknown>, known: Known | undefined): Known | undefined {
    const { brought: from } = read.reader;
    if (!from || this.#coming.length === 0 || known === undefined) return known;
    const kept = this.#answers.get(read.id);
    if (kept?.at === this.#now && isEqual(kept.of, known)) return kept.is;
    const is = this.#over(read, from, known);
    this.#answers.set(read.id, { of: known, at: this.#now, is });
    return is;
  }

  #over(read: Read<unknown>, from: FromPackages, known: Known): Known {
    const since = this.#predicted.get(read.id) ?? 0;
    const path = from.path?.(read.key);
    const causes = new Set(this.#coming.map(({ because }) => because));
    // What only touches a unit's files leaves it a unit that is there, as on hosts that have it.
    const other = known.answer === 'unknown' && !causes.has(known.because);
    if (other && path !== undefined) return known;
    const now: Answer<unknown> = known.answer === 'unknown' ? { answer: 'absent' } : known;
    for (const { because, at, brought, folders } of this.#coming.toReversed()) {
      if (at <= since) return known;
      if (path !== undefined && this.#touchedSince(path, at)) return known;
      if (!brought) {
        if (path === undefined) return known;
        if (folders.some((folder) => path.startsWith(folder)))
          return { answer: 'unknown', because };
        continue;
      }
      const answer = from.answer(read.key, brought, now);
      if (answer === 'unknown') return { answer: 'unknown', because };
      if (answer !== 'unchanged') return answer;
    }
    return other ? known : now;
  }

  #touchedSince(path: string, since: number): boolean {
    return this.#invalidated.some(
      (invalidated) =>
        invalidated.at > since &&
        (invalidated.path === path || path.startsWith(`${invalidated.path}/`)),
    );
  }
}

const isEqual = (one: Known, other: Known): boolean =>
  one === other ||
  (one.answer === 'unknown' && other.answer === 'unknown' && one.because === other.because);
