/** Gets a step's reads answered: from what is known, else by a read batch that also looks ahead. */
import { StepError } from '../../errors.ts';
import type { Reads } from '../../module/module.ts';
import type { Read } from '../../module/reader.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { couldAsk, plannedBecoming } from '../check/becoming.ts';
import type { Moment } from '../state/clock.ts';
import { readsOf, referenceName } from '../step/prepare.ts';
import { sendBatch, userKey } from './read-batch.ts';
import type { Known } from '../state/known.ts';
import { timeoutOf } from '../step/timeout.ts';
import { unknownAttempt } from '../check/unknown.ts';

export interface Asked {
  readonly user: string;
  readonly reads: Reads;
  /** The values as `plan` takes them: undefined for absent. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Values of what it only names. */
  readonly references: Readonly<Record<string, unknown>>;
  /** All were known before: they were read ahead of the step's turn. */
  readonly ahead: boolean;
}

/** Reads may depend on reads: a link's target, a unit's file (rule 8, preparing). */
const roundsAllowed = 3;

export interface Asking {
  /**
   * When the step's turn came: what was read from then on holds for it, whatever others change
   * meanwhile; default: this moment.
   */
  readonly since?: Moment | undefined;
  /** What is asked looks ahead to later steps as well; default true. */
  readonly ahead?: boolean;
}

/**
 * @returns the answers, or the step's end when one of them is unknown (check only)
 * @throws StepError for what is denied or cannot be read; UnreachableError, ConnectionLost
 */
export async function ask(
  target: Target,
  { since = target.link.state.now, ahead = true }: Asking = {},
): Promise<Asked | { readonly ended: Attempt }> {
  const { host, node, link, become, prepared } = target;
  const user = userKey(become);
  const seen = new Set<string>();
  const planned = plannedBecoming(target);
  for (let round = 0; ;) {
    const reads = readsOf(node, prepared, host.known(link, become));
    const found = Object.entries(reads).map(
      ([name, read]) => ({ name, read, known: link.state.get(user, read, since) }) as const,
    );
    const missing = found.flatMap(({ read, known }) => (known ? [] : [read]));
    const needsFacts = wantsFacts(target) && node.task.module.kind !== 'control';
    if (missing.length === 0 && !needsFacts)
      return answers(target, { user, reads, ahead: round === 0 }, found);
    const uncertainBecause = host.batch.environment.predictedChange;
    // Whatever it answered, it would not be believed: it is not asked.
    const idle = missing.some((read) => read.reader.dependsOnEverything?.(read.key));
    if (uncertainBecause !== undefined && idle)
      return unknownAttempt(target, { user, reads }, uncertainBecause);
    // What is asked once more because it changed on the way is no further round.
    if (round === 0 || missing.some((read) => !seen.has(read.id))) round += 1;
    for (const { id } of missing) seen.add(id);
    if (round > roundsAllowed + 1) {
      throw new StepError('its reads never settle', {
        hint: `reads may depend on earlier answers for at most ${roundsAllowed} rounds`,
      });
    }
    const could = await couldAsk(target, planned, () => flyWith(target, missing, ahead));
    if (!could) return unknownAttempt(target, { user, reads }, planned ?? '');
  }
}

interface Found {
  readonly name: string;
  readonly read: Read<unknown>;
  readonly known: Known | undefined;
}

/** They come with the first round trip, unless the play leaves them to whoever needs them. */
const wantsFacts = ({ host, link }: Target): boolean =>
  !link.facts && host.batch.scope.play.definition.gatherFacts !== false;

async function flyWith(
  target: Target,
  own: readonly Read<unknown>[],
  ahead: boolean,
): Promise<void> {
  const { host, node, link, become } = target;
  const upcoming = ahead && link === host.link ? await host.upcoming(node, 'nothing') : [];
  const user = userKey(become);
  const limit = timeoutOf(target);
  const same = upcoming.find((group) => userKey(group.become) === user);
  const batches = [
    sendBatch(link, { become, own, ahead: same?.reads ?? [], facts: wantsFacts(target), limit }),
    ...upcoming
      .filter((group) => group !== same)
      .map((group) =>
        sendBatch(link, { become: group.become, own: [], ahead: group.reads, facts: false }),
      ),
  ];
  const [answered] = await settleFirst(batches);
  const failed = own.filter((read) => answered?.failed.has(read.id));
  // A command of the user has a script of its own: it is asked once.
  const last = failed.find((read) => read.reader.last);
  if (last) throw new StepError(answered?.failed.get(last.id) ?? '');
  if (failed.length === 0) return;
  // A reader's script is shared with reads ahead of their turn: ask alone before believing it.
  const again = await sendBatch(link, { become, own: failed, ahead: [], facts: false });
  for (const why of again.failed.values()) throw new StepError(why);
}

/** Read batches as other users are ahead of their turn: their failure is told at their turn. */
async function settleFirst<T>(batches: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(batches);
  const [first] = settled;
  if (first?.status === 'rejected') throw first.reason;
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function answers(
  target: Target,
  { user, reads, ahead }: Omit<Asked, 'values' | 'references'>,
  found: readonly Found[],
): Asked | { readonly ended: Attempt } {
  const values: Record<string, unknown> = {};
  const references: Record<string, unknown> = {};
  for (const { name, read, known } of found) {
    if (!known) throw new Error(`${read.id} has no answer`);
    if (known.answer === 'unknown') return unknownAttempt(target, { user, reads }, known.because);
    const uncertainBecause = target.host.batch.environment.predictedChange;
    if (uncertainBecause !== undefined && read.reader.dependsOnEverything?.(read.key)) {
      return unknownAttempt(target, { user, reads }, uncertainBecause);
    }
    if (known.answer === 'denied') {
      // In check: a tool that is missing may come with a planned package.
      const planned = target.link.state.plannedFor(user, [read]);
      if (planned !== undefined) return unknownAttempt(target, { user, reads }, planned);
      throw deniedError(read, known, user);
    }
    const value = known.answer === 'value' ? known.value : undefined;
    const referred = referenceName(name);
    if (referred === undefined) values[name] = value;
    else references[referred] = value;
  }
  return { user, reads, values, references, ahead };
}

function deniedError(
  read: Read<unknown>,
  known: Extract<Known, { answer: 'denied' }>,
  user: string,
): StepError {
  const what = typeof read.key === 'string' ? read.key : JSON.stringify(read.key);
  return new StepError(`${read.reader.name} ${what} is not readable: ${known.why}`, {
    hint: user === '' ? 'set become' : `${user} may not read it`,
  });
}
