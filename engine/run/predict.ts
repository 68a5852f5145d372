/** What check says of a step that would change or act, and what later steps see of it (rule 21). */
import { unpredictable, type Act, type Change, type Touches } from '../module/plan.ts';
import type { Asked } from './ask.ts';
import type { Attempt, Target } from './attempt.ts';

export function predictOutcome(
  target: Target,
  asked: Asked,
  plan: Change<unknown> | Act<unknown>,
): Attempt {
  return plan.plan === 'change'
    ? predictChange(target, asked, plan)
    : predictAct(target, asked, plan);
}

function predictChange(target: Target, asked: Asked, plan: Change<unknown>): Attempt {
  const { differences, notes, doubt } = plan;
  const after =
    doubt === undefined ? plan.after : plan.after.map(({ read }) => unpredictable(read));
  foresee(target, asked, after, plan.touches);
  if (doubt !== undefined) return { outcome: 'unknown', because: doubt, differences, notes };
  const result = { ...(plan.result as Record<string, unknown>), changed: true };
  return { outcome: 'changed', result, differences, notes };
}

/** Why nobody knows what an action would do. */
const notRun = 'it is not run in check mode';

/** An action whose guard was read, or of a module with state, is certain to run. */
function predictAct(target: Target, asked: Asked, plan: Act<unknown>): Attempt {
  const { module } = target.node.task;
  const shown = { differences: plan.differences ?? [], notes: plan.notes };
  const touches = plan.touches === 'everything' ? undefined : plan.touches;
  if (plan.changed !== undefined && !plan.guarded) {
    return { outcome: 'unknown', because: notRun, ...shown };
  }
  foresee(target, asked, plan.after ?? [], touches);
  if (plan.guarded || module.kind !== 'action') return { outcome: 'changed', ...shown };
  return { outcome: 'unknown', because: notRun, ...shown };
}

function foresee(
  target: Target,
  asked: Asked,
  after: Change<unknown>['after'],
  touches: Touches | undefined,
): void {
  const { environment } = target.host.batch;
  // Where others act for real, nothing comes of what is only planned.
  if (!environment.options.check) return;
  const because = `'${target.node.task.name}'`;
  target.link.state.predict(asked.user, after, touches, because);
  environment.predictedChange ??= because;
}
