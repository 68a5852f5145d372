/** Reads what a step asks for, and lets its module plan. */
import { StepError } from '../../errors.ts';
import type { Plan } from '../../module/plan.ts';
import { requireReferences } from '../../module/reference.ts';
import { unselectedError } from '../../plan/unselected.ts';
import { planStep } from '../change/plan-step.ts';
import { isChecked } from '../check/checking.ts';
import { unknownAttempt } from '../check/unknown.ts';
import { unlessInterrupted } from '../pause.ts';
import { ask, type Asked } from '../reads/ask.ts';
import { userKey } from '../reads/read-batch.ts';
import type { Moment } from '../state/clock.ts';
import type { Attempt } from './attempt-result.ts';
import { readsOf } from './prepare.ts';
import type { Target, Turn } from './target.ts';
import type { Planned } from './turn.ts';

/**
 * @param since when its turn came, where it has
 * @throws PlayError where the step would change something and may only read
 */
export async function readAndPlan(
  target: Target,
  turn: Turn,
  since: Moment | undefined,
): Promise<Planned | { readonly ended: Attempt }> {
  const looking = { since, ahead: !turn.again };
  const asked = await unlessInterrupted(ask(target, looking), target.host.signal);
  if ('ended' in asked) return asked;
  const plan = planOf(target, asked);
  if ('outcome' in plan) return { ended: plan };
  if (plan.plan !== 'same' && turn.neededBy) throw unselectedError(turn.neededBy, target.node);
  return { asked, plan };
}

/** In check, what cannot be done without something that a planned step may bring is unknown. */
function planOf(target: Target, asked: Asked): Plan<unknown> | Attempt {
  const { node, prepared } = target;
  try {
    const plan = planStep(target, asked);
    if (plan.plan !== 'same')
      requireReferences(node.task.module.refers?.(prepared.want) ?? {}, asked.references);
    if (plan.plan !== 'same' || plan.failed === undefined) return plan;
    return broughtLater(target, asked) ?? plan;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const unknown = broughtLater(target, asked);
    if (!unknown) throw error;
    return unknown;
  }
}

function broughtLater(target: Target, asked: Asked): Attempt | undefined {
  const { host, node, link } = target;
  if (!isChecked(node, host.batch.environment.options)) return undefined;
  const because = link.state.plannedFor(asked.user, Object.values(asked.reads));
  return because === undefined ? undefined : unknownAttempt(target, asked, because).ended;
}

/** What the step reads is asked anew. */
export function forgetReads({ host, node, prepared, link, become }: Target): void {
  const reads = readsOf(node, prepared, host.known(link, become));
  link.state.dropReads(userKey(become), Object.values(reads));
}
