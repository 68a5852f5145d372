/** An action that the controller does in place of the host. */
import { Interrupted, StepError } from '../../errors.ts';
import type { Action, Output } from '../../module/plan.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { alterationOf } from '../reads/barrier.ts';

/**
 * @param timeout seconds
 * @throws StepError when it takes longer; Interrupted; and whatever the work throws
 */
export async function actOnController(
  target: Target,
  plan: Action<unknown>,
  work: (signal: AbortSignal) => Promise<Output>,
  timeout: number,
): Promise<Attempt> {
  const { link, host } = target;
  const alters = alterationOf(target, plan.invalidates);
  link.state.changed(alters);
  // Work that does not heed its time-out goes on, and changes things when it ends.
  const altering = (signal: AbortSignal): Promise<Output> =>
    work(signal).finally(() => link.state.changed(alters));
  const output = await within(timeout, host.batch.environment.options.hard, altering);
  const changed = plan.changed?.(output) ?? true;
  const result = { ...(plan.result(output) as Record<string, unknown>), changed };
  const shown = { result, differences: plan.differences ?? [], notes: plan.notes };
  const why = plan.failed?.(output);
  if (why !== undefined) return { outcome: 'failed', ...shown, failure: { message: why } };
  return { outcome: changed ? 'changed' : 'ok', ...shown };
}

/** The work hears of its end by the signal; who does not listen is not waited for. */
async function within<T>(
  seconds: number,
  hard: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const time = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([hard, time]);
  const ended = new Promise<never>((_, reject) => {
    const end = (): void =>
      reject(hard.aborted ? new Interrupted() : new StepError(`it took longer than ${seconds} s`));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  const working = work(signal);
  working.catch(() => undefined);
  return Promise.race([working, ended]);
}
