/**
 * What happens in a run, as data: the run emits, reporters and the journal listen. Every text of a
 * host in here is raw; whoever shows it cleans it of terminal escapes and hides secrets.
 */
import type { Place } from '../errors.ts';
import type { Difference } from '../module/plan.ts';

/** How one step ended on one host. `change` and `unknown` with `check` mean pending. */
export type Outcome =
  | 'ok'
  | 'changed'
  | 'unknown'
  | 'skipped'
  | 'failed'
  | 'unreachable'
  | 'locked';

export interface StepRef {
  readonly host: string;
  /** play/role/name */
  readonly id: string;
  readonly play: string;
  readonly role: string | undefined;
  readonly name: string;
  readonly module: string;
  readonly at: Place;
  readonly handler: boolean;
}

export interface Failure {
  readonly message: string;
  /** What to do. */
  readonly hint?: string | undefined;
  /** The user's own command that failed, as it was written. */
  readonly command?: string | undefined;
  /** The text of our own that failed on the host, for whoever looks for a fault in a module. */
  readonly script?: string | undefined;
  readonly code?: number | undefined;
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
  /** Last journal lines of a unit, state of what was waited for, … */
  readonly details?: readonly string[] | undefined;
  readonly at?: Place | undefined;
}

export interface HostCounters {
  readonly connections: number;
  readonly roundTrips: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Processes that our own scripts started on the host, as counted from what was sent. */
  readonly processes: number;
}

export interface HostRecap {
  readonly ok: number;
  readonly changed: number;
  readonly unknown: number;
  readonly skipped: number;
  readonly failed: number;
  readonly rescued: number;
  readonly ignored: number;
  readonly unreachable: boolean;
  /** Another run works on it: this one left it alone. */
  readonly locked: boolean;
  /** Out of the run, since what it was about to roll out failed on another host. */
  readonly heldBack: boolean;
  /** A batch that did not begin since the play was over before it. */
  readonly leftOut: boolean;
  readonly counters: HostCounters;
}

/** A run that is one of several, which share the hosts among them. */
export interface PartOfRun {
  /** From 1; `rest`: the run behind all parts, for the plays that need all hosts together. */
  readonly part: number | 'rest';
  /** How many parts there are. */
  readonly parts: number;
  /** The same for all parts of one whole, and no other: a digest of plays and hosts. */
  readonly whole: string;
  /** This run's hosts. */
  readonly hosts: readonly string[];
  /** Plays that are left to the rest. */
  readonly left: readonly string[];
}

export type Event =
  | {
      readonly event: 'run-start';
      /** Milliseconds since 1970, as in every event. */
      readonly time: number;
      readonly run: string;
      readonly playbook: string;
      readonly check: boolean;
      readonly version: string;
      readonly shard?: PartOfRun | undefined;
    }
  | {
      readonly event: 'play-start';
      readonly time: number;
      readonly play: string;
      readonly hosts: readonly string[];
      readonly batch: number;
      readonly batches: number;
    }
  | {
      readonly event: 'host-connected';
      readonly time: number;
      readonly host: string;
      readonly user: string;
    }
  | {
      readonly event: 'host-unreachable';
      readonly time: number;
      readonly host: string;
      readonly failure: Failure;
    }
  /** Another run works on it. */
  | {
      readonly event: 'host-locked';
      readonly time: number;
      readonly host: string;
      readonly failure: Failure;
    }
  /** Handlers that an earlier run left pending and this one will run. */
  | {
      readonly event: 'handlers-pending';
      readonly time: number;
      readonly host: string;
      readonly handlers: readonly string[];
    }
  | { readonly event: 'step-start'; readonly time: number; readonly step: StepRef }
  | {
      readonly event: 'step-output';
      readonly time: number;
      readonly step: StepRef;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  /** An apply takes long; told again and again, once for all hosts that are at it. */
  | {
      readonly event: 'step-running';
      readonly time: number;
      /** Of the first of the hosts. */
      readonly step: StepRef;
      readonly hosts: readonly string[];
      /** Milliseconds that the slowest of them has taken so far. */
      readonly took: number;
    }
  | {
      readonly event: 'step-retry';
      readonly time: number;
      readonly step: StepRef;
      readonly attempt: number;
      readonly attempts: number;
      readonly why: string;
    }
  | {
      readonly event: 'step-end';
      readonly time: number;
      readonly step: StepRef;
      readonly outcome: Outcome;
      /** Milliseconds from the step's turn to its end. */
      readonly took: number;
      /** Attempts made, 1 without retries. */
      readonly attempts: number;
      readonly differences: readonly Difference[];
      /** For unknown: on what it depends; for skipped: why. */
      readonly because?: string | undefined;
      readonly notes: readonly string[];
      readonly failure?: Failure | undefined;
      /** What the task says of showing its texts, if it does. */
      readonly diff?: boolean | undefined;
      /** The failure is ignored (`ignoreErrors`) or rescued by a block. */
      readonly ignored?: boolean | undefined;
      /** The result, for `-v` and the journal; absent for secret tasks. */
      readonly result?: unknown;
      /** The host that it was done on, when delegated. */
      readonly on?: string | undefined;
      readonly secret: boolean;
    }
  | {
      /** A block's rescue takes over after a failure. */
      readonly event: 'host-rescued';
      readonly time: number;
      readonly host: string;
      readonly text: string;
    }
  | {
      /** Their batches do not begin: the play was over before. */
      readonly event: 'hosts-left-out';
      readonly time: number;
      readonly play: string;
      readonly hosts: readonly string[];
      readonly why: string;
    }
  | {
      /** It does not begin a rolling block, which failed on another host, and leaves the run. */
      readonly event: 'host-held-back';
      readonly time: number;
      readonly host: string;
      /** The rolling block's name. */
      readonly block: string;
      /** The host on which it failed. */
      readonly failedOn: string;
    }
  | {
      readonly event: 'handler-notified';
      readonly time: number;
      readonly host: string;
      readonly handler: string;
      readonly by: string;
    }
  | {
      /** In a run that is a part: what its own `.play/pending` says, for whoever merges the parts. */
      readonly event: 'handler-pending';
      readonly time: number;
      readonly host: string;
      readonly handler: string;
      /** False: it has run, or need not any more. */
      readonly pending: boolean;
      /** The inventory and the machine that it is kept for. */
      readonly inventory: string | undefined;
      readonly target: string | undefined;
    }
  | {
      readonly event: 'play-end';
      readonly time: number;
      readonly play: string;
      readonly aborted?: string | undefined;
    }
  | {
      readonly event: 'message';
      readonly time: number;
      /** `detail`: people see it with `-v`. */
      readonly level: 'detail' | 'info' | 'warning';
      readonly host?: string;
      readonly text: string;
    }
  | {
      /** In a merged report: what became of the parts, and what is left to do. */
      readonly event: 'parts-merged';
      readonly time: number;
      readonly parts: readonly {
        /** `3/8`, or `rest`. */
        readonly part: string;
        readonly state: 'done' | 'cut short' | 'missing';
        /** Ids of its runs; the last one counts. */
        readonly runs: readonly string[];
        readonly exitCode: number | undefined;
      }[];
      readonly pending: readonly { readonly host: string; readonly handler: string }[];
      /** Hosts that are not done, as far as their parts are known. */
      readonly retry: readonly string[];
    }
  | {
      readonly event: 'run-end';
      readonly time: number;
      readonly took: number;
      readonly exitCode: number;
      readonly recap: Readonly<Record<string, HostRecap>>;
      /** Milliseconds of processor time of this process from the run's start to its end. */
      readonly controllerCpu: number;
      /** The same for each host of the run. */
      readonly controllerCpuPerHost: number;
    };

/** Whatever shows or stores events. */
export interface Reporter {
  on(event: Event): void;
  /** Waits until everything is written. */
  close(): Promise<void>;
}

/** Takes what happens, when it happens. */
export type Emit = (event: Event) => void;
