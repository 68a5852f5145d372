/**
 * What the run needs of a shell session on a host: several requests leave in one write, their
 * replies come back in order. rule 24, the login shell-29 are the rules behind it.
 */
import type { Script } from '../script.ts';

/** A script that only reads. Its stdout is returned byte for byte. */
export interface ReadRequest {
  readonly kind: 'read';
  readonly script: string;
  /** Seconds; an overrun is a reply with `timedOut`. */
  readonly timeout?: number;
  /**
   * Seconds for a read that may as well not be answered: an overrun, or a host that cannot limit
   * it cheaply, is a reply with `timedOut`. The script ends with 0.
   */
  readonly attempt?: number;
  /** Programs that the script starts, for the counters; default 1. */
  readonly processes?: number;
}

/** A script that may write: it runs in a process group of its own, its exit code is recorded. */
export interface StepRequest {
  readonly kind: 'step';
  /** Unique within the run; the name of its record on the host. Only [A-Za-z0-9._-]. */
  readonly id: string;
  readonly script: Script;
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Bytes given to the script's stdin; /dev/null otherwise. */
  readonly stdin?: Buffer;
  /** Seconds. */
  readonly timeout: number;
  /** Keep the caller's locale rather than LC_ALL=C (commands of the user). */
  readonly ownLocale?: boolean;
  /** Called with output while the step still runs. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
}

export type Request = ReadRequest | StepRequest;

export interface Reply {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  /** stdout or stderr was cut at the session's limit of 8 MiB each. */
  readonly truncated: boolean;
  /** When it was whole, in milliseconds since 1970; not of recorded replies. */
  readonly arrived?: number;
}

export interface Counters {
  /** Writes that waited for an answer, stream handshakes included. */
  roundTrips: number;
  bytesUp: number;
  bytesDown: number;
  /** Started on the host by our own scripts, as counted from what was sent. */
  processes: number;
}

/** Nothing yet. */
export const noCounters = (): Counters => ({
  roundTrips: 0,
  bytesUp: 0,
  bytesDown: 0,
  processes: 0,
});

/** Sums of several sessions. */
export function sumOf(all: Iterable<Counters>): Counters {
  const sum = noCounters();
  for (const { roundTrips, bytesUp, bytesDown, processes } of all) {
    sum.roundTrips += roundTrips;
    sum.bytesUp += bytesUp;
    sum.bytesDown += bytesDown;
    sum.processes += processes;
  }
  return sum;
}

export interface Session {
  /** Login name that the session runs as. */
  readonly user: string;
  readonly counters: Counters;
  /**
   * Sends all requests in one write (a step with streams holds back what follows it until its
   * bytes are taken). One promise a request, in order; all reject with UnreachableError when the
   * connection is lost.
   */
  exchange(requests: readonly Request[]): Promise<Reply>[];
  /**
   * Records of steps that ended on this host in this run, by id: their replies (rule 20, lost
   * connections).
   */
  records(): Promise<ReadonlyMap<string, Reply>>;
  /** Ends the running step's whole process tree: TERM, 10 s, KILL. */
  cancel(): void;
  /** The run is to end soon: what only reads is not waited for long any more. */
  hurry(): void;
  /** Removes the session folder and closes the stream; safe to call twice. */
  close(): Promise<void>;
}
