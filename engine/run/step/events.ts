/** What is told of a step on one host: what began is always told to have ended. */
import { EarlyEnd, UnreachableError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { failureOf } from '../failure.ts';
import type { HostRun } from '../host-run.ts';
import { wordOf } from '../hosts/loss.ts';
import { stepRef } from './reference.ts';

export class StepEvents {
  readonly start = Date.now();
  /** Its end was told. */
  ended = false;
  readonly #host: HostRun;
  readonly #node: TaskNode;
  #begun = false;

  constructor(host: HostRun, node: TaskNode) {
    this.#host = host;
    this.#node = node;
  }

  /** Once: a host that only takes what another one did at a `runOnce` step tells nothing. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const step = stepRef(this.#host.name, this.#node);
    this.#host.batch.environment.emit({ event: 'step-start', time: Date.now(), step });
  }

  /** The step was left by an error: the host was lost, the play ended, a bug. */
  cutShort(error: unknown): void {
    const lost = error instanceof UnreachableError ? wordOf(error) : undefined;
    if (lost) this.begin();
    if (!this.#begun || this.ended) return;
    this.ended = true;
    const { name, batch } = this.#host;
    const early = error instanceof EarlyEnd;
    const failure = early ? undefined : failureOf(error, this.#node);
    batch.environment.emit({
      event: 'step-end',
      time: Date.now(),
      step: stepRef(name, this.#node),
      outcome: early ? 'skipped' : (lost ?? 'failed'),
      took: Date.now() - this.start,
      attempts: 1,
      differences: [],
      because: early ? error.message : undefined,
      notes: [],
      failure,
      ignored: lost !== undefined && this.#node.options.ignoreUnreachable,
      secret: this.#node.options.secret,
    });
  }
}
