/** What takes one host out of a play, and what a block can rescue. */
import { HeldError, StepError, UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';

/** The step failed and nothing ignored it. */
export class StepFailed extends Error {
  readonly node: TaskNode;
  constructor(node: TaskNode, message: string) {
    super(message);
    this.name = 'StepFailed';
    this.node = node;
  }
}

/** The rest of the play is not for this host; nothing failed. */
export class HostEnded extends Error {
  constructor() {
    super('the play is over for this host');
    this.name = 'HostEnded';
  }
}

/** The rolling block failed on another host: this one does not begin it. */
export class HeldBack extends Error {
  readonly block: string;
  readonly failedOn: string;
  constructor(block: string, failedOn: string) {
    super(`held back: '${block}' failed on ${failedOn}`);
    this.name = 'HeldBack';
    this.block = block;
    this.failedOn = failedOn;
  }
}

/** A step failed, or what stands between steps; the host cannot be reached; it is held back. */
export type Loss = StepFailed | StepError | UnreachableError | HeldBack;

export function isLoss(error: unknown): error is Loss {
  return (
    error instanceof StepFailed ||
    error instanceof StepError ||
    error instanceof UnreachableError ||
    error instanceof HeldBack
  );
}

/** The word for a host that the run has no session on. */
export const wordOf = (loss: UnreachableError): 'unreachable' | 'locked' =>
  loss instanceof HeldError ? 'locked' : 'unreachable';
