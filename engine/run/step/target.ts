/** Where a step is done, and at which of its attempts. */
import type { Difference } from '../../module/plan.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { Become } from '../../transport/transport.ts';
import { type PreparedStep } from './prepare.ts';
import type { HostRun } from '../host-run.ts';
import { type HostLink } from '../hosts/link.ts';

/** A step on the host where it is done. */
export interface Target {
  readonly host: HostRun;
  readonly node: TaskNode;
  readonly link: HostLink;
  readonly become: Become | undefined;
  readonly prepared: PreparedStep;
  readonly stepId: string;
}

/** Where an attempt stands. */
export interface Turn {
  /** The step's place in the order of all hosts. */
  readonly position: number;
  /** Unique within the run. */
  readonly stepId: string;
  /** A further attempt: what the step reads is asked anew. */
  readonly again: boolean;
  /** Set for a step that no tag selects: it may only read. */
  readonly neededBy?: TaskNode;
  /** What all attempts of the step share. */
  readonly progress: Progress;
}

/**
 * What was sent and did not say that it changed nothing counts, also where it failed and a later
 * attempt finds everything as wanted.
 */
export interface Progress {
  sent?: readonly Difference[] | undefined;
}
