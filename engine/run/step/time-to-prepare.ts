/** The time that a step may take to prepare something on the controller. */
import { StepError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';

/** Seconds where the step does not say. */
const usualLimit = 600;

/** Aborted with the error that the step then ends with. */
export function preparingLimit({ options, task }: TaskNode): AbortSignal {
  const { timeout = usualLimit } = options;
  const end = new AbortController();
  const late = setTimeout(() => {
    const message = `preparing '${task.name}' took longer than ${timeout} s`;
    end.abort(new StepError(message, { at: task.at }));
  }, timeout * 1000);
  late.unref();
  return end.signal;
}
