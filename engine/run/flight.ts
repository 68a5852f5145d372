/** Asks a host many reads in one write: one script a reader, equal reads once. */
import { randomBytes } from 'node:crypto';
import { StepError } from '../errors.ts';
import { factsProcesses, factsScript, parseFacts } from '../module/read-facts.ts';
import type { Touches } from '../module/plan.ts';
import type { Answer, Read, ReaderDefinition } from '../module/reader.ts';
import type { Reply, Request, StepRequest } from '../shell/session.ts';
import type { Become } from '../transport/transport.ts';
import type { HostLink } from './link.ts';

/** Seconds that a user's query may take when it is read ahead (rule 12). */
const aheadLimit = 2;

export interface FlightPlan {
  readonly become: Become | undefined;
  /** Reads whose turn it is. */
  readonly own: readonly Read<unknown>[];
  /** Reads ahead of their turn: what fails is asked again then. */
  readonly ahead: readonly Read<unknown>[];
  readonly facts: boolean;
  /** Seconds for each command of the user whose turn it is; our own readers need no watchdog. */
  readonly limit?: number;
  /** An apply that leaves first, in the same write, and what it may change. */
  readonly first?: { readonly request: StepRequest; readonly touches: Touches } | undefined;
}

export interface Landed {
  readonly first: Reply | undefined;
  /** Reads that gave no answer, and why. */
  readonly failed: ReadonlyMap<string, string>;
}

interface Batch {
  readonly reader: ReaderDefinition<unknown, unknown>;
  readonly reads: readonly Read<unknown>[];
}

/** User key of a session in the host's state. */
export const userKey = (become: Become | undefined): string => become?.user ?? '';

/**
 * Sends the flight and stores its answers in the host's state.
 * @throws UnreachableError, ConnectionLost; StepError when the facts cannot be read
 */
export async function fly(link: HostLink, plan: FlightPlan): Promise<Landed> {
  const mark = `=${randomBytes(9).toString('hex')}=`;
  const own = new Set(plan.own.map((read) => read.id));
  const batches = batch([...plan.own, ...plan.ahead]);
  const requests: Request[] = [];
  const atTurn = plan.limit === undefined ? {} : { timeout: plan.limit };
  if (plan.first) requests.push(plan.first.request);
  if (plan.facts) requests.push({ kind: 'read', script: factsScript, processes: factsProcesses });
  for (const { reader, reads } of batches) {
    const script = reader.script(
      reads.map((read) => read.key),
      mark,
    );
    const isAhead = reads.every((read) => !own.has(read.id));
    const processes = reader.processes?.(reads.map((read) => read.key)) ?? 1;
    if (!reader.last) requests.push({ kind: 'read', script, processes });
    else if (isAhead) requests.push({ kind: 'read', script, processes, attempt: aheadLimit });
    else requests.push({ kind: 'read', script, processes, ...atTurn });
  }
  const flight = link.state.depart();
  try {
    if (plan.first) link.state.changed(plan.first.touches, flight);
    const replies = await link.exchange(plan.become, requests);
    if (plan.first) link.state.changed(plan.first.touches, flight);
    const first = plan.first ? replies.shift() : undefined;
    if (plan.facts) link.facts = factsOf(link, replies.shift());
    const failed = new Map<string, string>();
    batches.forEach(({ reader, reads }, index) => {
      const answers = parse(reader, reads, replies[index], { mark, limit: plan.limit });
      reads.forEach((read, position) => {
        const answer = answers[position];
        if (typeof answer === 'object')
          link.state.store(flight, userKey(plan.become), read, answer);
        else failed.set(read.id, answer ?? `${reader.name} gave too few answers`);
        if (replies[index]?.timedOut && !own.has(read.id)) link.slow.add(read.id);
      });
    });
    return { first, failed };
  } finally {
    link.state.land(flight);
  }
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

function parse(
  reader: ReaderDefinition<unknown, unknown>,
  reads: readonly Read<unknown>[],
  reply: Reply | undefined,
  { mark, limit }: { readonly mark: string; readonly limit: number | undefined },
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
  if (!reply || reply.timedOut) throw new StepError(`${link.name} did not tell its facts in time`);
  // The rest of the flight may take seconds: the host's clock is held to this answer's arrival.
  return parseFacts(reply.stdout, (reply.arrived ?? Date.now()) / 1000);
}
