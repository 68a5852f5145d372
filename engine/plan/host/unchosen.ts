/** Steps of a branch that is not chosen: they were declared, and are used as if they were collected. */
import type { Declared } from '../../dsl/collector.ts';
import type { BlockOptions, Handler, Step } from '../../dsl/task.ts';

/** Takes them as used, with the handlers that they notify. */
export function useUnchosen(steps: readonly Step[], used: Set<Declared>): void {
  for (const step of steps) useStep(step, used);
}

function useStep(step: Step, used: Set<Declared>): void {
  used.add(step);
  if (step.kind === 'role' && step.from) used.add(step.from);
  if (step.kind === 'choose')
    for (const branch of Object.values(step.branches)) useUnchosen(branch, used);
  if (step.kind === 'block')
    for (const part of [step.parts.tasks, step.parts.rescue, step.parts.always])
      useUnchosen(part ?? [], used);
  if (step.kind === 'task' || step.kind === 'block' || step.kind === 'each')
    for (const handler of handlersOf(step.options)) useHandler(handler, used);
}

function useHandler(handler: Handler, used: Set<Declared>): void {
  if (used.has(handler)) return;
  used.add(handler);
  useStep(handler.step, used);
}

export function handlersOf({ notify = [] }: Pick<BlockOptions, 'notify'>): readonly Handler[] {
  return 'kind' in notify ? [notify] : notify;
}
