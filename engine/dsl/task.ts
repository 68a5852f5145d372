/** Steps and their options: pure data with string kinds, no classes. */
import type { z } from 'zod';
import type { Place } from '../errors.ts';
import type { HostView, InventoryView } from '../inventory/view.ts';
import type { Facts } from '../module/facts.ts';
import type { AnyModule } from '../module/module.ts';
import type { Secret } from '../secrets/secret.ts';

/** Result of any task; an answer with yes or no is that itself. */
export type Result<R> = [R] extends [boolean] ? R : R & { readonly changed: boolean };

/**
 * What a lazy argument or `when` can look at. Touching what is not there yet stops it until it is.
 */
export interface Run {
  readonly facts: Facts;
  /** Inventory name of the host. */
  readonly host: string;
  readonly check: boolean;
  /** The task's result on this host; a skipped or unknown one decides the asking step too. */
  result<R>(task: Task<R>): Result<R>;
  /** The result, or undefined where the task was skipped, failed or is unknown. */
  tryResult<R>(task: Task<R>): Result<R> | undefined;
  /** Waits for that host's facts; unknown when the host is outside the run. */
  factsOf(host: string): Facts;
  /** Waits for that host's facts; undefined where it is outside the run or cannot be reached. */
  tryFactsOf(host: string): Facts | undefined;
  resultOf<R>(host: string, task: Task<R>): Result<R>;
  /** First host of the pattern that this run reached; waits for one. */
  firstReachable(pattern: string): string;
  /** In a block's `rescue`, and in its `always` where nothing rescued it: what failed. */
  readonly failure: { readonly task: string; readonly message: string } | undefined;
}

/** A value now, or once the run has reached the task. */
export type Lazy<T> = T | ((run: Run) => T);

/** Options that flow downwards from play to role to block to task. */
export interface Options {
  readonly tags?: readonly string[];
  /** All must hold. */
  readonly when?: ((run: Run) => boolean) | readonly ((run: Run) => boolean)[];
  /** `true`: root; a name: that user; `false`: not, even if the play becomes. */
  readonly become?: boolean | string;
  readonly environment?: Readonly<Record<string, string | Secret>>;
  readonly ignoreErrors?: boolean;
  /** A host that cannot be reached goes on with its next step, which tries to reach it again. */
  readonly ignoreUnreachable?: boolean;
  /**
   * `true`: only planned, as `--check` does, and notifies nobody; `false`: done also under `--check`.
   * A command that only reads needs neither: `query`.
   */
  readonly check?: boolean;
  /** Whether `--diff` shows its texts: `true` also without the flag, `false` never. */
  readonly diff?: boolean;
  /** Everything the task says and does is hidden. */
  readonly secret?: boolean;
  /** Seconds for one attempt, and for each command that it asks by. Default 600; packages 1800. */
  readonly timeout?: number;
  /** Hosts that may be in it at once; on a block: in the whole block. */
  readonly throttle?: number;
  /** Once per play on the first live host; its result is every host's. */
  readonly runOnce?: boolean | { readonly perBatch: true };
  /** Do it on that host instead; results stay with this one. */
  readonly on?: Lazy<string>;
}

/** Options of a block. */
export interface BlockOptions extends Options {
  /** Handlers that each of its tasks notifies. */
  readonly notify?: Handler | readonly Handler[];
  /**
   * Hosts go through the whole block one after another, or `atOnce` of them after the first one
   * that had something to change went alone and worked. A failure that leaves the block, or a host
   * that is lost in it, ends it for the others: they do not begin it, keep what runs, and are out
   * of the run as held back; as a handler it stays pending for them.
   * @example
   * const restart = systemd('restart web', { unit: 'web', state: 'restarted' });
   * const works = waitFor('web works', { port: 80 });
   * export const roll = block('roll web', { tasks: [restart, works] }, { rolling: { atOnce: 5 } });
   */
  readonly rolling?: true | { readonly atOnce: number };
}

/** Options of a single task. */
export interface TaskOptions<R> extends Options {
  /** Handlers that run once per host if this task changed something. */
  readonly notify?: Handler | readonly Handler[];
  /** Further attempts after the first, while `until` is false or the attempt failed. Default 0, with `until` 3. */
  readonly retries?: number;
  /** Seconds between attempts. Default 5. */
  readonly delay?: number;
  /** Attempts go on until it holds. It decides alone what a failure is, unless `failedWhen` does. */
  readonly until?: (result: Result<R>, attempts: number) => boolean;
  /** `attempts`: how many were made, this one included. */
  readonly changedWhen?: boolean | ((result: Result<R>, attempts: number) => boolean);
  /** A string is the reason. */
  readonly failedWhen?: (result: Result<R>, attempts: number) => boolean | string;
  /** A lost connection may run it again (rule 20, lost connections). */
  readonly rerunnable?: boolean;
}

/** One use of a module: its name, arguments and options. `R` is the type of its result. */
export interface Task<out R> {
  readonly kind: 'task';
  readonly name: string;
  readonly module: AnyModule;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: TaskOptions<never>;
  readonly at: Place;
  /** Only a type: what the task's result is. */
  readonly '~result'?: R;
}

export interface BlockParts {
  readonly tasks: readonly Step[];
  /** Runs when a task failed or the host became unreachable. */
  readonly rescue?: readonly Step[];
  /** Runs in any case: after a failure, when the play ends for all, on the first Ctrl-C. */
  readonly always?: readonly Step[];
}

/** Steps that share options, as data; `block` makes it. */
export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly parts: BlockParts;
  readonly options: BlockOptions;
  readonly at: Place;
}

/** One of several lists of steps, picked by a value, or by a function of the run. */
export interface Choose {
  readonly kind: 'choose';
  readonly name: string;
  readonly pick: Lazy<string>;
  readonly branches: Readonly<Record<string, readonly Step[]>>;
  readonly options: Options;
  readonly at: Place;
}

/** Options of an `each`. */
export interface EachOptions extends Options {
  /** Handlers that each of its steps notifies. */
  readonly notify?: Handler | readonly Handler[];
  /**
   * What its steps may change, for a check that does not know the items. Default: everything on
   * the host.
   */
  readonly invalidates?: {
    readonly paths?: readonly string[];
    readonly readers?: readonly string[];
  };
}

/** Steps for each of the items that the run finds, as data; `each` makes it. */
export interface Each {
  readonly kind: 'each';
  readonly name: string;
  readonly items: (run: Run) => Iterable<unknown>;
  /** Names an item; undefined: it is its own name. */
  readonly key: ((item: unknown) => string) | undefined;
  readonly steps: (item: unknown) => Iterable<Step>;
  readonly options: EachOptions;
  readonly at: Place;
}

/** Notified handlers of the host run here. */
export interface Flush {
  readonly kind: 'flush';
  readonly name: string;
  readonly at: Place;
  readonly options: Options;
}

/** A step that runs once per host if something notified it, as data; `handler` makes it. */
export interface Handler {
  readonly kind: 'handler';
  readonly name: string;
  readonly step: Task<unknown> | Block;
  readonly at: Place;
}

/** What a role's or play's `tasks` gets: everything is frozen. */
export interface Context<V> {
  readonly vars: V;
  readonly host: HostView;
  readonly inventory: InventoryView;
  /**
   * Hosts that `--limit` leaves out of this run, in inventory order: what a new host means for them
   * is done by steps `on` them.
   */
  readonly outside: readonly HostView[];
}

/** When the steps of a play or role are made: `'first'` is behind the facts of its hosts. */
export type Gather = 'first' | undefined;

/** The facts of the host, where `gather: 'first'` says that steps are made behind them. */
export interface WithFacts {
  readonly facts: Facts;
}

/** What a play or role with that `gather` gets. */
export type ContextOf<V, G extends Gather> = [G] extends ['first']
  ? Context<V> & WithFacts
  : Context<V>;

/** Values by the names that `tasks` gets them under, each from the context of a host. */
export type Uses<V, U, G extends Gather = undefined> = {
  readonly [K in keyof U]: (context: ContextOf<V, G>) => U[K];
};

/**
 * What `role` takes: `S` is the schema of its variables, `U` the type of its `uses`, `G` whether it
 * sees facts.
 */
export interface RoleDefinition<
  S extends z.ZodType,
  U = Record<never, never>,
  G extends Gather = undefined,
> {
  readonly name: string;
  /**
   * `'first'`: its steps are made once the facts of the host are known, as `facts` of the context.
   * Only a play that says `gather: 'first'` can have it.
   * @example
   * const editors = { debian: 'vim-tiny', redhat: 'vim-minimal' } as const;
   * export const editor = role({
   *   name: 'editor',
   *   vars: z.strictObject({}),
   *   gather: 'first',
   *   *tasks({ facts }) {
   *     const { family } = facts.os;
   *     if (family !== 'debian' && family !== 'redhat') return;
   *     yield pkg('an editor', { name: editors[family] });
   *   },
   * });
   */
  readonly gather?: G;
  /** Schema of the variables, `z.strictObject`; a host's variables of these names are taken. */
  readonly vars: S;
  /**
   * What follows from variables and inventory, computed once for each host before the steps: what
   * it refuses is refused for hosts whose steps do not look at it too.
   * @example
   * export const peers = role({
   *   name: 'peers',
   *   vars: z.strictObject({ port: z.int() }),
   *   uses: {
   *     members: ({ inventory, vars }) =>
   *       inventory.group('peers').map(({ address }) => `${address}:${vars.port}`),
   *   },
   *   *tasks({ members }) {
   *     yield copy('peers', { dest: '/etc/peers', content: members.join(',') });
   *   },
   * });
   */
  readonly uses?: Uses<z.output<S>, U, G>;
  /**
   * Roles that a host must have before this one, in the same play or in an earlier one; of a list
   * within it any will do. It runs none of them: a playbook without them is refused.
   * @example
   * import { role, z } from 'tsplay';
   * import { containerd } from 'tsplay/roles/containerd';
   * export const registry = role({
   *   name: 'registry',
   *   vars: z.strictObject({}),
   *   needs: [containerd],
   *   *tasks() {},
   * });
   */
  readonly needs?: readonly (Role | readonly Role[])[];
  /** Tags of all its steps where the playbook gives none. Default: its name. */
  readonly tags?: readonly string[];
  tasks(context: ContextOf<z.output<S>, G> & Readonly<U>): Iterable<Step>;
}

/** A role's definition without its types. */
export type AnyRole = RoleDefinition<z.ZodType, Record<never, never>, Gather>;

/** A role as a step, with what the playbook passes to it. */
export interface Role {
  readonly kind: 'role';
  readonly name: string;
  /** Its part of the ids of its steps. */
  readonly as: string;
  readonly definition: AnyRole;
  /** Passed by the playbook; these win over the host's variables, but not over `-e`. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly options: Options;
  /** Pattern of the hosts that have it; all hosts of the play when undefined. */
  readonly hosts: string | undefined;
  /** What `on` was said of. */
  readonly from: Role | undefined;
  readonly at: Place;
  /**
   * The role for those hosts of the play alone that a pattern means; `--list-tasks` shows it. The
   * others have none of its steps and need none of its variables.
   * @param pattern as a play's `hosts`; `haproxy?` is a group that an inventory need not have
   * @example
   * const hello = role({ name: 'hello', vars: z.strictObject({}), *tasks() {} });
   * export const edge = play({
   *   name: 'edge',
   *   hosts: 'all',
   *   *tasks() {
   *     yield hello.on('haproxy?');
   *   },
   * });
   */
  on(pattern: string): Role;
}

/** Options of a role in a playbook. */
export interface RoleOptions extends Options {
  /** Another name, for ids, where a play has the role twice. */
  readonly as?: string;
}

/** What `role` returns: a step as it is, and a function that passes variables to it. */
export interface RoleValue<S extends z.ZodType> extends Role {
  (given?: Partial<z.input<S>>, options?: RoleOptions): Role;
}

/** What `tasks` of a role or play may yield. */
export type Step = Task<unknown> | Block | Choose | Each | Flush | Role;
