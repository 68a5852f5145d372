/** How an attempt ended. */
import type { InventoryAddition } from '../../module/module.ts';
import type { Difference } from '../../module/plan.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { Failure, Outcome } from '../../report/events.ts';

/** How an attempt ended, before `until`, `failedWhen` and the like have judged it. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  readonly differences?: readonly Difference[];
  readonly notes?: readonly string[] | undefined;
  readonly because?: string | undefined;
  readonly failure?: Failure | undefined;
  /** Where it was done, if elsewhere. */
  readonly on?: string | undefined;
  /** Its arguments hold a secret: nobody is told digests and sizes. */
  readonly ofSecrets?: boolean;
  /** For later plays, once the step is done. */
  readonly adds?: InventoryAddition | undefined;
}

/** The step reads the result of a query that is not selected: that is to be asked first. */
export interface NeedsStep {
  readonly needs: TaskNode;
}
