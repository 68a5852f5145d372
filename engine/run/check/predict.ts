/**
 * What check says of a step that would change or act, and what later steps see of it (rule 21,
 * check).
 */
import { unpredictable, type Action, type Change, type Invalidates } from '../../module/plan.ts';
import type { Brought } from '../../module/brought.ts';
import type { Asked } from '../reads/ask.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { changesSomething } from '../state/kept.ts';
import { isForeseen } from './checking.ts';
import { foresee, foreseeFiles } from './foresee.ts';
import { askWays } from './ways-ahead.ts';
import { releaseOf } from '../state/knowledge.ts';

export function predictOutcome(
  target: Target,
  asked: Asked,
  plan: Change<unknown> | Action<unknown>,
): Promise<Attempt> {
  foreseeFiles(target, writtenFiles(target, plan));
  return plan.plan === 'change'
    ? predictChange(target, asked, plan)
    : predictAction(target, asked, plan);
}

async function predictChange(
  target: Target,
  asked: Asked,
  plan: Change<unknown>,
): Promise<Attempt> {
  const { differences, notes, uncertainBecause } = plan;
  const after =
    uncertainBecause === undefined ? plan.after : plan.after.map(({ read }) => unpredictable(read));
  const brought = uncertainBecause === undefined ? await broughtBy(target, plan) : undefined;
  const invalidates = invalidatedBy(plan.invalidates, brought);
  foresee(target, { user: asked.user, after, invalidates, acts: false });
  if (brought) target.link.state.brought.comes(brought, `'${target.node.task.name}'`);
  if (uncertainBecause !== undefined)
    return { outcome: 'unknown', because: uncertainBecause, differences, notes };
  const result = { ...(plan.result as Record<string, unknown>), changed: true };
  return { outcome: 'changed', result, differences, notes };
}

/** Files of the controller that it would write; undefined where nobody knows which. */
function writtenFiles(
  { link }: Target,
  plan: Change<unknown> | Action<unknown>,
): readonly string[] | undefined {
  if (plan.plan === 'action' && plan.writes) return plan.writes;
  const { invalidates } = plan;
  return link.isController && invalidates !== 'everything' ? invalidates?.paths : undefined;
}

/** Why nobody knows what an action would do. */
const notRun = 'it is not run in check mode';

/** An action whose guard was read, or of a module with state, is certain to run. */
async function predictAction(
  target: Target,
  asked: Asked,
  plan: Action<unknown>,
): Promise<Attempt> {
  const { module } = target.node.task;
  const shown = { differences: plan.differences ?? [], notes: plan.notes };
  const invalidates = plan.invalidates === 'everything' ? undefined : plan.invalidates;
  // Only its output will say whether it changed anything.
  const mayChange = plan.changed !== undefined && plan.guarded !== true;
  if (mayChange && !changesSomething(invalidates ?? {}))
    return { outcome: 'unknown', because: notRun, ...shown };
  const after = plan.after ?? [];
  await askWays(target.link, target.become, invalidates);
  foresee(target, {
    user: asked.user,
    after: mayChange ? after.map(({ read }) => unpredictable(read)) : after,
    invalidates,
    acts: mayChange || module.kind === 'action',
  });
  if (!mayChange && (plan.guarded || module.kind !== 'action'))
    return { outcome: 'changed', ...shown };
  return { outcome: 'unknown', because: notRun, ...shown };
}

/** What comes with the packages that it brings, if all of it was learned. */
async function broughtBy(
  { link, host, node }: Target,
  { brings }: Change<unknown>,
): Promise<Brought | undefined> {
  if (!brings || !link.facts) return undefined;
  const { environment } = host.batch;
  if (!isForeseen(node, environment.options)) return undefined;
  const { packages } = link.state.brought;
  for (const [name, version] of Object.entries(brings.packages)) packages.set(name, version);
  const brought = await environment.knowledge.find(releaseOf(link.facts, brings.how), packages);
  if (!brought) return undefined;
  const text = `what comes with '${node.task.name}' was learned from ${brought.from.join(', ')}`;
  environment.emit({ event: 'message', time: Date.now(), level: 'detail', host: host.name, text });
  return brought;
}

/** Where it is known what packages bring, nothing else lies below their folders. */
function invalidatedBy(
  invalidates: Invalidates | undefined,
  brought: Brought | undefined,
): Invalidates | undefined {
  if (!brought || invalidates === undefined || invalidates === 'everything') return invalidates;
  const { anything: _anything, ...rest } = invalidates;
  return rest;
}
