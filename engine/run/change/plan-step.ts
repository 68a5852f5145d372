/** The one place where a module plans a step: on the host as it answered. */
import type { Plan } from '../../module/plan.ts';
import type { Asked } from '../reads/ask.ts';
import type { Target } from '../step/target.ts';

/** @throws StepError where nothing can be planned on these answers */
export function planStep(
  { host, node, prepared, link, stepId }: Target,
  { values, references }: Asked,
): Plan<unknown> {
  const { module } = node.task;
  const want = module.named?.(prepared.want, references) ?? prepared.want;
  return module.plan(want, values, host.context(node, link, stepId));
}
