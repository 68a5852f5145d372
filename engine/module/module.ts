/** The one contract of all modules: arguments, what they read, and what follows. */
import type { z } from 'zod';
import type { Content } from '../shell/content.ts';
import type { Secret } from '../secrets/secret.ts';
import type { Facts } from './facts.ts';
import type { Plan, Invalidates } from './plan.ts';
import type { Answer, Read } from './reader.ts';
import type { References } from './reference.ts';

/** What a module asks, by the names under which `plan` gets the answers. */
export type Reads = Readonly<Record<string, Read<unknown>>>;

/** The values of a module's reads: `undefined` where the thing is absent. */
export type Values<Rs extends Reads> = {
  readonly [K in keyof Rs]: NonNullable<Rs[K]> extends Read<infer V> ? V | undefined : never;
};

/** A file that the controller fetches over HTTP. */
export interface Download {
  readonly url: string;
  /** Lower-case hex; with it the file is kept and not fetched again. */
  readonly sha256?: string | undefined;
  readonly headers?: Readonly<Record<string, Text>>;
}

/** What `prepare` may use: files of the controller, nothing of the host. */
export interface Controller {
  /**
   * A local file as content, looked up beside the role or playbook (`files/`), then in the
   * project's `files/`; cached by path. @throws PlaybookError that lists where it looked.
   */
  file(src: string): Promise<Content>;
  /** Renders a template (`templates/` likewise). Secret variables make secret content. */
  template(src: string, variables: Readonly<Record<string, unknown>>): Promise<Content>;
  /** Absolute path of a local file or folder. */
  path(src: string): Promise<string>;
  /** Fetches over HTTP, once a run; kept in the cache. @throws StepError that names the URL */
  download(of: Download): Promise<Content>;
  readonly check: boolean;
  /** Whether people will see the diff: texts are worth reading. */
  readonly diff: boolean;
  /** Inventory name of the host. */
  readonly host: string;
}

/** What else a plan may look at. */
export interface PlanContext {
  readonly facts: Facts;
  /** Inventory name of the host. */
  readonly host: string;
  readonly check: boolean;
  /** Whether people will see the diff: texts are worth computing. */
  readonly diff: boolean;
  /** True within a handler, or when the task has a `when`: rule 18. */
  readonly conditional: boolean;
  /** The step's lock-step number, fresh for each attempt; usable in temporary names. */
  readonly stepId: string;
}

/** Answers known so far, for a module whose reads depend on other reads. */
export interface Known {
  get<V>(read: Read<V>): Answer<V> | undefined;
}

/** What later plays of the run find in the inventory besides what its files say. */
export interface InventoryAddition {
  /** Undefined: the host whose step it is. */
  readonly host?: string | undefined;
  /** Groups that it is in; made where they are missing. */
  readonly groups: readonly string[];
  /** Groups that hold those groups. */
  readonly parents?: readonly string[] | undefined;
  /** Variables of a host that no file names, those of its connection among them. */
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Whose state a step may alter: its host's; files of the controller as well; any host's of the run,
 * and the controller's.
 */
export type Reach = 'host' | 'controller' | 'everywhere';

/**
 * `S` schema of the arguments, `W` what `prepare` makes of them, `Rs` the reads, `R` the result,
 * `Seen` what playbooks see of it.
 */
export interface ModuleDefinition<S extends z.ZodType, W, Rs extends Reads, R, Seen = R> {
  readonly name: string;
  /** One sentence for `play doc`. */
  readonly summary: string;
  /** `z.strictObject`, every field with `.describe`. */
  readonly args: S;
  /** A TypeScript statement that uses the module; compiled in the tests, shown by `play doc`. */
  readonly example: string;
  /** Fields of the result and what they mean, for `play doc`. `changed` is always there. */
  readonly returns?: Readonly<Record<string, string>>;
  /**
   * `state` (default) is read and planned; `action` may act and is a barrier for look-ahead;
   * `control` needs nothing of the host (debug, assert, fail).
   */
  readonly kind?: 'state' | 'action' | 'control';
  /** All of its result is the controller's own: no host said any of it. */
  readonly resultIsLocal?: true;
  /**
   * It asks and changes nothing, ever: where check cannot know what it would be told, it is skipped
   * rather than unknown.
   */
  readonly onlyAsks?: boolean;
  /** It lets time pass: what is read behind it, on any host, is read then. */
  readonly waits?: boolean;
  /**
   * Whether a step with these arguments is a mere action wherever it stands (`restarted`): such
   * steps are refused outside handlers and without `when` (rule 18, actions).
   */
  needsCondition?(want: z.output<S>): boolean;
  /**
   * How far a step with these arguments reaches; lazy ones are functions here. Nothing that was
   * read before is believed behind a step that reaches there, unless its plan says what it
   * `invalidates`. Default: `everywhere` for actions, else `host`.
   */
  reach?(args: Readonly<Record<string, unknown>>): Reach;
  /** Mistakes that the schema cannot say; each is a sentence. Called at collect where possible. */
  mistakes?(want: z.output<S>): readonly string[];
  /** The template that these arguments render, if any; it is tried before anything connects. */
  template?(
    want: z.output<S>,
  ): { readonly src: string; readonly variables: Readonly<Record<string, unknown>> } | undefined;
  /** The only async part: local files and templates become content. It writes nothing. */
  prepare?(want: z.output<S>, controller: Controller): Promise<W>;
  /** What to ask. It may ask for more once answers are there, at most three rounds. */
  reads?(want: W, known: Known): Rs;
  /**
   * What the arguments name and the step does not change: accounts, numbers that must be free. They
   * are asked with the reads; a step that would change something fails where one stands against it,
   * in check too.
   */
  refers?(want: NoInfer<W>): References;
  /**
   * The same with what the references answered in place of names: it is what `plan` gets.
   * @param values by the references' names; undefined where there is no such thing
   */
  named?(want: NoInfer<W>, values: Readonly<Record<string, unknown>>): NoInfer<W>;
  /**
   * For actions that handlers ask for: whether what was notified is already done, because the
   * reads changed since then (a unit that was started after its configuration was written).
   */
  alreadySatisfied?(want: W, then: Values<Rs>, now: Values<Rs>): boolean;
  /**
   * In check, where a read, an argument or the condition is unknown and nobody can plan: what the
   * step may touch besides its own reads, so that later steps do not count on what this one may
   * bring or change.
   * @param want arguments that are not known are missing
   */
  mayInvalidate?(want: NoInfer<W | Partial<W>>): Invalidates | undefined;
  /** The step ends the play for its host, its batch, or all hosts, without a failure. */
  readonly ends?: 'host' | 'batch' | 'play';
  /** The step reads the host's facts anew. */
  readonly refreshesFacts?: true;
  /** What playbooks see of a result (`run.result`, `until`), where that is not all of it. */
  seen?(result: R): Seen;
  /** What a step with these arguments adds to the inventory of later plays once it is done. */
  adds?(want: W): InventoryAddition;
  /** Pure. It never sees a denied or unknown value. @throws StepError when it cannot be done */
  plan(want: W, is: Values<Rs>, on: PlanContext): Plan<R>;
}

/** A module whose types were forgotten, as the run handles it. */
export type AnyModule = ModuleDefinition<z.ZodType, unknown, Reads, unknown>;

/** The type of a text argument that may be secret. */
export type Text = string | Secret;
