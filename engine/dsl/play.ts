/** Plays and playbooks as data. */
import type { z } from 'zod';
import type { Place } from '../errors.ts';
import type { InventoryView } from '../inventory/view.ts';
import type { Context, Options, Role, Step, Uses } from './task.ts';

/** Hosts at once: a number, a percentage of the play's hosts, or a list of both (the last repeats). */
export type Serial = number | `${number}%` | readonly (number | `${number}%`)[];

export interface PlayConnection {
  readonly user?: string;
  readonly port?: number;
  /** Path of the controller. */
  readonly privateKeyFile?: string;
  readonly transport?: 'openssh' | 'node-ssh' | 'local';
}

export type Order = 'inventory' | 'reverse' | 'sorted' | 'reverse-sorted' | 'shuffle';

export interface PlayDefinition<S extends z.ZodType, U = Record<never, never>> extends Options {
  readonly name: string;
  /**
   * Pattern: `web:&prod:!old`, globs, `~regex`, subscripts; `etcd?` is a group that an inventory
   * need not have.
   */
  readonly hosts: string;
  /**
   * Whether the play is for this inventory, decided before anything connects. Where it is not, the
   * play has no hosts.
   * @example applies: (inventory) => inventory.has('kube_master')
   */
  readonly applies?: (inventory: InventoryView) => boolean;
  readonly vars?: S;
  /** As of a role: what follows from variables and inventory, once for each host. */
  readonly uses?: Uses<z.output<S>, U>;
  preTasks?(context: Context<z.output<S>> & Readonly<U>): Iterable<Step>;
  readonly roles?: readonly Role[];
  tasks?(context: Context<z.output<S>> & Readonly<U>): Iterable<Step>;
  /**
   * How its hosts are logged in to, over what the inventory says; `-u` wins over it.
   * @example connection: { user: 'root' } for the play that makes the user of all others
   */
  readonly connection?: PlayConnection;
  readonly serial?: Serial;
  /** In which order hosts come to batches, throttles and `runOnce`. Default: as in the inventory. */
  readonly order?: Order;
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
}

export interface Play {
  readonly kind: 'play';
  readonly name: string;
  readonly definition: PlayDefinition<z.ZodType>;
  readonly at: Place;
}

export interface Playbook {
  readonly kind: 'playbook';
  readonly plays: readonly Play[];
}
