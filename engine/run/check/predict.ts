/**
 * What check says of a step that would change or act, and what later steps see of it (rule 21,
 * check).
 */
import { unpredictable, type Action, type Change, type Invalidates } from '../../module/plan.ts';
import type { Brought } from '../../module/brought.ts';
import type { Asked } from '../reads/ask.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { writesOnController } from '../reads/barrier.ts';
import { isForeseen } from './checking.ts';
import { askWays } from './ways-ahead.ts';
import { releaseOf } from '../state/knowledge.ts';

export function predictOutcome(
  target: Target,
  asked: Asked,
  plan: Change<unknown> | Action<unknown>,
): Promise<Attempt> {
  foreseeFiles(target, plan);
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
  foresee(target, asked, { after, invalidates: invalidatedBy(plan.invalidates, brought) });
  if (brought) target.link.state.brought.comes(brought, becauseOf(target));
  if (uncertainBecause !== undefined)
    return { outcome: 'unknown', because: uncertainBecause, differences, notes };
  const result = { ...(plan.result as Record<string, unknown>), changed: true };
  return { outcome: 'changed', result, differences, notes };
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
  if (plan.changed !== undefined && !plan.guarded) {
    return { outcome: 'unknown', because: notRun, ...shown };
  }
  await askWays(target.link, target.become, invalidates);
  foresee(target, asked, { after: plan.after ?? [], invalidates, acts: module.kind === 'action' });
  if (plan.guarded || module.kind !== 'action') return { outcome: 'changed', ...shown };
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

const becauseOf = ({ node }: Target): string => `'${node.task.name}'`;

function foresee(
  target: Target,
  asked: Asked,
  {
    after,
    invalidates,
    acts = false,
  }: {
    readonly after: Change<unknown>['after'];
    readonly invalidates: Invalidates | undefined;
    readonly acts?: boolean;
  },
): void {
  const { environment } = target.host.batch;
  // Nothing comes of what is only planned where others act, nor of what the run will only plan.
  if (!isForeseen(target.node, environment.options)) return;
  const because = becauseOf(target);
  target.link.state.predict(asked.user, after, invalidates, { because, acts });
  environment.predictedChange ??= because;
}

/** What is prepared of files that it writes on the controller is unknown from now on. */
function foreseeFiles({ host, node, link }: Target, plan: Change<unknown> | Action<unknown>): void {
  const { options } = host.batch.environment;
  if (!isForeseen(node, options) || !writesOnController(node, link.isController)) return;
  const { plannedFiles, clock } = host.batch.environment;
  const { invalidates } = plan;
  const own = link.isController && invalidates !== 'everything' ? invalidates?.paths : undefined;
  plannedFiles.add(
    `'${node.task.name}'`,
    (plan.plan === 'action' ? plan.writes : undefined) ?? own,
  );
  clock.waited();
}
