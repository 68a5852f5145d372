/** What a module's `plan` answers: same, change or action. */
import type { Script } from '../shell/script.ts';
import type { HowChanged } from './alteration.ts';
import type { Lesson, PackageVersion } from './brought.ts';
import type { Answer, Read } from './reader.ts';

/** One thing that is not as wanted, for people. */
export interface Difference {
  /** `mode`, `content`, `enabled`, … */
  readonly what: string;
  readonly from: unknown;
  readonly to: unknown;
  /** Text before and after, for a unified diff; secret text is shown as a count of lines. */
  readonly text?: { readonly path: string; readonly before: string; readonly after: string };
  readonly secret?: boolean;
}

/** A value that a read will have after the apply; used by check only. */
export interface Prediction {
  readonly read: Read<unknown>;
  readonly answer: Answer<unknown> | { readonly answer: 'unknown' };
}

/**
 * What a read will say after the step's change; used by check only.
 * @param read one of the step's reads, or another that the change decides
 * @param answer `value(…)` or `absent`
 * @returns one of `after` of a change or action
 * @example
 * export const plan = change({
 *   differences: [{ what: 'hostname', from: 'old', to: 'new' }],
 *   script: sh`hostname new`,
 *   after: [predict(readers.sysctl('kernel.hostname'), value('new'))],
 *   result: {},
 * });
 */
export const predict = <V>(read: Read<V>, answer: Answer<V>): Prediction => ({ read, answer });
/**
 * A read of which nobody can tell before the change what it will say: steps that look at it are
 * *unknown* in check.
 * @param read one that the change alters
 * @returns one of `after` of a change or action
 * @example
 * export const plan = change({
 *   differences: [{ what: 'cache', from: 'old', to: 'new' }],
 *   script: sh`ldconfig`,
 *   after: [unpredictable(readers.file({ path: '/etc/ld.so.cache' }))],
 *   result: {},
 * });
 */
export const unpredictable = (read: Read<unknown>): Prediction => ({
  read,
  answer: { answer: 'unknown' },
});

/**
 * What an apply may change besides the step's own reads, which always count. Values of these
 * reads are stale after it; in check, those of them that were absent become unknown.
 */
export type Invalidates =
  | 'everything'
  | {
      /** Absolute paths written, made or removed (a folder: all below it). */
      readonly paths?: readonly string[];
      /** Packages may put anything below those paths. */
      readonly anything?: boolean;
      /** Names of readers whose values may all have changed. */
      readonly readers?: readonly string[];
      readonly reads?: readonly Read<unknown>[];
    };

/** Packages that a change brings. */
export interface Comes {
  /** Names to versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** How they are installed, where that decides what is there afterwards. */
  readonly how: string;
}

/** Asks in turns for what came with packages; each yield is a read batch. */
export type Study = Generator<
  readonly Read<unknown>[],
  Lesson | undefined,
  readonly (Answer<unknown> | undefined)[]
>;

/** How a change that brought packages learns what came with them. */
export interface Learning {
  readonly how: string;
  readonly packages: readonly PackageVersion[];
  readonly study: (host: string) => Study;
}

/** For a change or action that alters nothing but what the step's own reads show. */
export const invalidatesNothing: Invalidates = {};

/** All is as wanted: nothing is done. `R` is the result. */
export interface Same<R> {
  readonly plan: 'same';
  readonly result: R;
  /** Warnings for people. */
  readonly notes?: readonly string[];
  /** The reading says that the step failed, and why; `until`, `failedWhen`, `retries` judge first. */
  readonly failed?: string;
  /** Seconds that the step takes before it is done; not waited in check. */
  readonly wait?: number;
}

/**
 * A write that leads to a state: it is verified by reading again and planning again. `alters` says
 * as data what leads there, or `script` does, POSIX sh that fails with an exit code other than 0.
 */
export type Change<R> = ChangeFields<R> & HowChanged;

interface ChangeFields<R> {
  readonly plan: 'change';
  readonly differences: readonly Difference[];
  /** What the step's reads will say afterwards, for check. */
  readonly after: readonly Prediction[];
  /** Default `everything`. */
  readonly invalidates?: Invalidates;
  /** Result as predicted; after an apply the result of the verifying `same` is used. */
  readonly result: R;
  readonly notes?: readonly string[];
  /** Read again until the state held for `stable` seconds, for at most `atMost` seconds. */
  readonly settle?: { readonly atMost: number; readonly stable: number };
  /** Seconds that the script may take. Default: the task's time-out. */
  readonly timeout?: number;
  /** It may take minutes: people see what it prints while it runs. An action always may. */
  readonly long?: boolean;
  /** Packages that come, for check; undefined where nobody can tell, or some go. */
  readonly brings?: Comes | undefined;
  /** What the script says that it brought, to be learned from. */
  readonly learns?: (output: Output) => Learning | undefined;
  /** What differed, now that the script has said what it did. */
  readonly told?: (output: Output) => readonly Difference[];
  /** Why nobody can tell before the run whether it succeeds: the step is *unknown* in check. */
  readonly uncertainBecause?: string | undefined;
}

/** What the script of a change or action printed. */
export interface Output {
  /** Exit code; 128 and more: ended by a signal. */
  readonly code: number;
  /** Decoded as UTF-8, final line feed included. */
  readonly stdout: string;
  readonly stderr: string;
}

/** An action: it has no state to read again. It is judged by its exit code. */
export interface Action<R> {
  readonly plan: 'action';
  readonly script: Script;
  /** What the user asked to run, as it was written: a failure shows it in place of the script. */
  readonly command?: string;
  readonly result: (output: Output) => R;
  /** Why the output means failure; default: exit code other than 0. */
  readonly failed?: (output: Output) => string | undefined;
  /** Whether the action changed anything; default true. */
  readonly changed?: (output: Output) => boolean;
  /** Default `everything`. */
  readonly invalidates?: Invalidates;
  readonly differences?: readonly Difference[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path on the host where the script runs. */
  readonly directory?: string;
  /** What the script reads from stdin; else stdin is empty. */
  readonly stdin?: Buffer;
  /** Seconds that the script may take. Default: the task's time-out. */
  readonly timeout?: number;
  /** The user's locale rather than LC_ALL=C. */
  readonly ownLocale?: boolean;
  readonly notes?: readonly string[];
  /**
   * A guard was read and says that the action is to run: check shows a change rather than unknown.
   */
  readonly guarded?: boolean;
  /** Absolute paths on the controller that it writes, where that is known. */
  readonly writes?: readonly string[];
  /** Work of the controller in place of the script: nothing is sent to the host. */
  readonly onController?: (signal: AbortSignal) => Promise<Output>;
  /**
   * More than one answer holds: what to run for the next part, after each, until none is left; the
   * result is of the last. Nobody is shown parts, and a lost connection begins anew: they may only
   * read.
   */
  readonly parts?: {
    readonly next: (output: Output) => Script | undefined;
    /** Called where they end early. */
    readonly abandon: () => void;
  };
  /** What reads will say afterwards where that is known, for check. */
  readonly after?: readonly Prediction[];
  /**
   * The connection will be lost on purpose: that is no failure. The run connects again, for at
   * most this many seconds, and then judges `until`.
   */
  readonly reboots?: { readonly within: number };
  /**
   * Postcondition by reading (rule 18, actions): after the action the reads are asked anew until
   * `done`
   * says so or `atMost` seconds passed.
   */
  readonly until?: {
    readonly atMost: number;
    readonly reads: readonly Read<unknown>[];
    /** `undefined` when reached, else what is missing, for people. */
    readonly missing: (answers: readonly Answer<unknown>[]) => string | undefined;
  };
}

/** What a module's `plan` answers. */
export type Plan<R> = Same<R> | Change<R> | Action<R>;

/**
 * The answer of a plan for which nothing is to be done.
 * @param result what playbooks get of the step
 * @param notes warnings for people
 * @returns what `plan` answers
 * @example
 * export const plan = same({ path: '/etc/motd' }, ['the file is empty']);
 */
export const same = <R>(result: R, notes?: readonly string[]): Same<R> =>
  notes === undefined ? { plan: 'same', result } : { plan: 'same', result, notes };
/**
 * The answer of a plan that leads to a state: after it the reads are asked and planned again, and
 * must then be `same`.
 * @param of differences, what it alters or a script of its own, predictions for check, result
 * @returns what `plan` answers
 * @example
 * export const plan = change({
 *   differences: [{ what: 'state', from: 'absent', to: 'folder' }],
 *   alters: [{ kind: 'folder', path: '/srv/app', first: '0755' }],
 *   after: [unpredictable(readers.file({ path: '/srv/app' }))],
 *   invalidates: { paths: ['/srv/app'] },
 *   result: { path: '/srv/app' },
 * });
 */
export const change = <R>(of: Omit<ChangeFields<R>, 'plan'> & HowChanged): Change<R> => ({
  plan: 'change',
  ...of,
});
/**
 * The answer of a plan without a state to read again: it is judged by its exit code, or `failed`.
 * @param of script, and what follows from its output
 * @returns what `plan` answers
 * @example
 * export const plan = action({
 *   script: sh`app-migrate --verbose`,
 *   result: ({ stdout }) => ({ lines: stdout.split('\n').length }),
 *   changed: ({ stdout }) => stdout.includes('migrated'),
 *   timeout: 300,
 * });
 */
export const action = <R>(of: Omit<Action<R>, 'plan'>): Action<R> => ({ plan: 'action', ...of });
