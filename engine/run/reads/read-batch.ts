/** Asks a host many reads in one write: one script a reader, equal reads once. */
import { randomBytes } from 'node:crypto';
import { StepError } from '../../errors.ts';
import { factsProcesses, factsScript, parseFacts } from '../../module/read-facts.ts';
import type { Answer, Read } from '../../module/reader.ts';
import type { ReadRequest, Reply, Request, StepRequest } from '../../shell/session/session.ts';
import type { Become } from '../../transport/transport.ts';
import { askable, type Batch } from './askable.ts';
import type { Alteration, HostState, OpenBatch } from '../state/host-state.ts';
import type { HostLink } from '../hosts/link.ts';

/**
 * Seconds that a user's query may take when it is read ahead (rule 12, queries ahead of their
 * turn).
 */
const aheadLimit = 2;

export interface ReadBatch {
  readonly become: Become | undefined;
  /** Reads whose turn it is. */
  readonly own: readonly Read<unknown>[];
  /** Reads ahead of their turn: what fails is asked again then. */
  readonly ahead: readonly Read<unknown>[];
  readonly facts: boolean;
  /** Seconds for each command of the user whose turn it is; our own readers need no watchdog. */
  readonly limit?: number;
  /** An apply that leaves first, in the same write, and what it may change. */
  readonly first?: { readonly request: StepRequest; readonly alters: Alteration } | undefined;
}

export interface BatchAnswers {
  readonly first: Reply | undefined;
  /** Reads that gave no answer, and why. */
  readonly failed: ReadonlyMap<string, string>;
}

/** User key of a session in the host's state. */
export const userKey = (become: Become | undefined): string => become?.user ?? '';

/**
 * Sends the read batch and stores its answers in the host's state.
 * @throws UnreachableError, ConnectionLost; StepError when the facts cannot be read
 */
export async function sendBatch(link: HostLink, plan: ReadBatch): Promise<BatchAnswers> {
  const mark = `=${randomBytes(9).toString('hex')}=`;
  const { state } = link;
  const user = userKey(plan.become);
  const alters = plan.first?.alters;
  const invalidates = alters?.invalidates;
  // Before a change it must be known what it reaches, and behind it where all paths lead now.
  const asked = new Map([...plan.own, ...plan.ahead].map((read) => [read, state.asks(user, read)]));
  const own = new Set(plan.own.map((read) => asked.get(read)?.id ?? read.id));
  const terms: Terms = { mark, own, limit: plan.limit };
  const why = new Map<string, string>();
  const located = askable(
    batch(invalidates === undefined ? [] : state.unlocated(invalidates)),
    mark,
    why,
  );
  const reads = [...asked.values()];
  const batches = askable(batch([...state.surroundings(reads, invalidates), ...reads]), mark, why);
  const requests: Request[] = located.map((each) => readRequest(each, terms));
  if (plan.first) requests.push(plan.first.request);
  if (plan.facts) requests.push({ kind: 'read', script: factsScript, processes: factsProcesses });
  for (const each of batches) requests.push(readRequest(each, terms));
  // What another change does meanwhile would count as read behind this one.
  if (alters && link.exclusive.activeCount === 0)
    throw new Error(`a change of ${link.name} that does not have the host for itself`);
  const openBatch = state.startRead();
  try {
    // It counts when it begins and when it ends, however it ends: others may have read meanwhile.
    if (alters) state.changed(alters, openBatch);
    const replies = await link.exchange(plan.become, requests).catch((error: unknown) => {
      if (alters) state.changed(alters, openBatch);
      throw error;
    });
    for (const each of located)
      keep(state, openBatch, user, answersOf(each, replies.shift(), terms));
    if (alters) state.changed(alters, openBatch);
    const first = plan.first ? replies.shift() : undefined;
    if (plan.facts) link.facts = factsOf(link, replies.shift());
    batches.forEach((each, index) => {
      const answers = answersOf(each, replies[index], terms);
      keep(state, openBatch, user, answers);
      for (const { read, answer } of answers) {
        if (typeof answer === 'string') why.set(read.id, answer);
        if (replies[index]?.timedOut && !own.has(read.id)) link.slow.add(read.id);
      }
    });
    if (invalidates !== undefined && invalidates !== 'everything')
      state.reached(invalidates, openBatch);
    return { first, failed: failures(asked, why) };
  } finally {
    state.finishRead(openBatch);
  }
}

/** Why reads failed, by what they are called and not by what was asked for them. */
function failures(
  asked: ReadonlyMap<Read<unknown>, Read<unknown>>,
  why: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    [...asked].flatMap(([read, { id }]) => {
      const reason = why.get(id);
      return reason === undefined ? [] : [[read.id, reason] as const];
    }),
  );
}

/** How a read batch asks. */
interface Terms {
  readonly mark: string;
  /** Ids of reads whose turn it is. */
  readonly own: ReadonlySet<string>;
  readonly limit: number | undefined;
}

function readRequest({ reader, reads }: Batch, { mark, own, limit }: Terms): ReadRequest {
  const keys = reads.map((read) => read.key);
  const request: ReadRequest = {
    kind: 'read',
    script: reader.script(keys, mark),
    processes: reader.processes?.(keys) ?? 1,
  };
  if (!reader.last) return request;
  if (reads.every((read) => !own.has(read.id))) return { ...request, attempt: aheadLimit };
  return limit === undefined ? request : { ...request, timeout: limit };
}

/** One script a reader; those that run the user's commands go last, each alone. */
function batch(reads: readonly Read<unknown>[]): readonly Batch[] {
  const together = new Map<string, Map<string, Read<unknown>>>();
  const alone = new Map<string, Read<unknown>>();
  for (const read of reads) {
    if (read.reader.last) {
      alone.set(read.id, read);
      continue;
    }
    const same = together.get(read.reader.name) ?? new Map<string, Read<unknown>>();
    together.set(read.reader.name, same.set(read.id, read));
  }
  const batches: Batch[] = [];
  for (const same of together.values()) {
    const list = [...same.values()];
    if (list[0]) batches.push({ reader: list[0].reader, reads: list });
  }
  for (const read of alone.values()) batches.push({ reader: read.reader, reads: [read] });
  return batches;
}

/** An answer, or why there is none. */
interface Told {
  readonly read: Read<unknown>;
  readonly answer: Answer<unknown> | string;
}

function keep(
  state: HostState,
  openBatch: OpenBatch,
  user: string,
  answers: readonly Told[],
): void {
  for (const { read, answer } of answers) {
    if (typeof answer === 'object') state.store(openBatch, user, read, answer);
  }
}

function answersOf(
  { reader, reads }: Batch,
  reply: Reply | undefined,
  terms: Terms,
): readonly Told[] {
  const answers = parse({ reader, reads }, reply, terms);
  return reads.map((read, index) => ({
    read,
    answer: answers[index] ?? `${reader.name} gave too few answers`,
  }));
}

function parse(
  { reader, reads }: Batch,
  reply: Reply | undefined,
  { mark, limit }: Terms,
): readonly (Answer<unknown> | string)[] {
  const all = (why: string): readonly string[] => reads.map(() => why);
  if (!reply) return all('no answer');
  if (reply.timedOut)
    return all(`reading ${reader.name} took longer than ${limit ?? aheadLimit} s`);
  if (reply.truncated) return all(`the answer of ${reader.name} is larger than 8 MiB`);
  const stderr = reply.stderr.toString('utf8');
  try {
    const output = { stdout: reply.stdout, stderr, code: reply.code };
    return reader.parse(
      output,
      reads.map((read) => read.key),
      mark,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return all(`reading ${reader.name}: ${why}${stderr ? `: ${stderr.trim()}` : ''}`);
  }
}

function factsOf(link: HostLink, reply: Reply | undefined): HostLink['facts'] {
  if (!reply || reply.timedOut)
    throw new StepError(`${link.name} did not report its facts in time`);
  // The rest of the read batch may take seconds: the host's clock is held to this answer's arrival.
  return parseFacts(reply.stdout, (reply.arrived ?? Date.now()) / 1000);
}
