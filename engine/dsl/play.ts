/** Plays and playbooks as data. */
import type { z } from 'zod';
import type { Place } from '../errors.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { ContextOf, Gather, Options, Role, Step, Uses } from './task.ts';

/** Hosts at once: a number, a percentage of the play's hosts, or a list of both (the last repeats). */
export type Serial = number | `${number}%` | readonly (number | `${number}%`)[];

/** How a play logs in to its hosts, over what the inventory says. */
export interface PlayConnection {
  /** Login name. */
  readonly user?: string;
  /** TCP port. */
  readonly port?: number;
  /** Path of the controller. */
  readonly privateKeyFile?: string;
  /** `openssh`: the `ssh` program; `node-ssh`: in this process; `local`: this machine. */
  readonly transport?: 'openssh' | 'node-ssh' | 'local';
}

/** In which order hosts come to batches, throttles and `runOnce`. */
export type Order = 'inventory' | 'reverse' | 'sorted' | 'reverse-sorted' | 'shuffle';

/**
 * What `play` takes: `S` is the schema of its variables, `U` the type of its `uses`, `G` whether it
 * sees facts.
 */
export interface PlayDefinition<
  S extends z.ZodType,
  U = Record<never, never>,
  G extends Gather = undefined,
> extends Options {
  readonly name: string;
  /**
   * Pattern: `web:&prod:!old`, globs, `~regex`, subscripts; `etcd?` is a group that an inventory
   * need not have.
   */
  readonly hosts: string;
  /**
   * Whether the play is for this inventory, decided before anything connects. Where it is not, the
   * play has no hosts.
   * @example
   * export const masters = play({
   *   name: 'masters',
   *   hosts: 'all',
   *   applies: (inventory) => inventory.has('kube_master'),
   * });
   */
  readonly applies?: (inventory: InventoryView) => boolean;
  /** Schema of the play's variables, `z.strictObject`; values come from the inventory and `-e`. */
  readonly vars?: S;
  /** As of a role: what follows from variables and inventory, once for each host. */
  readonly uses?: Uses<z.output<S>, U, G>;
  /** Steps before those of `roles`. */
  preTasks?(context: ContextOf<z.output<S>, G> & Readonly<U>): Iterable<Step>;
  /** Roles in this order, between `preTasks` and `tasks`. */
  readonly roles?: readonly Role[];
  /** Steps behind those of `roles`. */
  tasks?(context: ContextOf<z.output<S>, G> & Readonly<U>): Iterable<Step>;
  /**
   * How its hosts are logged in to, over what the inventory says; `-u` wins over it.
   * @example
   * export const accounts = play({
   *   name: 'the account that all other plays log in with',
   *   hosts: 'all',
   *   connection: { user: 'root' },
   * });
   */
  readonly connection?: PlayConnection;
  /** Hosts at once. Default: all. */
  readonly serial?: Serial;
  /** In which order hosts come to batches, throttles and `runOnce`. Default: as in the inventory. */
  readonly order?: Order;
  /** `linear` (default): hosts take each step together; `free`: each host goes on by itself. */
  readonly strategy?: 'linear' | 'free';
  /**
   * Percent of a batch's hosts that may fail; more end the play, at the step that failed unless a
   * block around it has a rescue. Default 100.
   */
  readonly maxFailPercentage?: number;
  /** Any failed or unreachable host that no block rescues ends the play for all, at that step. */
  readonly anyErrorsFatal?: boolean;
  /** Handlers that were notified run on a host that failed too; it wins over `--force-handlers`. */
  readonly forceHandlers?: boolean;
  /**
   * Default: with the first round trip of a host that has steps. False: where a step looks at them.
   * True: of hosts without a step too, which then take part.
   */
  readonly gatherFacts?: boolean;
  /**
   * `'first'`: its steps are made when it starts, once the facts of its hosts are known, which are
   * then `facts` of the context, a plain value. What hangs on them is not listed, and its mistakes
   * are found behind the facts, before the play changes anything.
   * @example
   * export const editors = play({
   *   name: 'editors',
   *   hosts: 'all',
   *   gather: 'first',
   *   *tasks({ facts }) {
   *     yield pkg('an editor', { name: facts.os.family === 'redhat' ? 'vim-minimal' : 'vim-tiny' });
   *   },
   * });
   */
  readonly gather?: G;
}

/** A play's definition without its types. */
export type AnyPlay = PlayDefinition<z.ZodType, Record<never, never>, Gather>;

/** A play as data; `play` makes it. */
export interface Play {
  readonly kind: 'play';
  readonly name: string;
  readonly definition: AnyPlay;
  readonly at: Place;
}

/** A playbook as data; `playbook` makes it. */
export interface Playbook {
  readonly kind: 'playbook';
  readonly plays: readonly Play[];
}
