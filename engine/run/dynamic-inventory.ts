/** What a run adds to the inventory: kept while a play runs, known to the plays behind it. */
import { formatError, PlayError } from '../errors.ts';
import type { Inventory } from '../inventory/view.ts';
import type { PlayPlan, TaskNode } from '../plan/nodes.ts';
import type { Attempt } from './step/attempt-result.ts';
import type { RunEnvironment } from './environment.ts';
import { failureOf } from './failure.ts';
import type { HostRun } from './host-run.ts';

/** Keeps what a step that is done adds; the step fails where that cannot be. */
export function addToInventory(host: HostRun, node: TaskNode, attempt: Attempt): Attempt {
  const { environment } = host.batch;
  if (attempt.outcome === 'unknown' && node.task.module.adds) {
    environment.perhapsMore ??= `'${node.task.name}' of ${host.name}`;
  }
  if (!attempt.adds || !['ok', 'changed'].includes(attempt.outcome)) return attempt;
  const { host: name = host.name, groups, parents = [], vars = {} } = attempt.adds;
  try {
    environment.additions.add(host.name, { host: name, groups, parents, vars });
    return attempt;
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    const { message, hint } = error;
    const failure = failureOf(new PlayError(message, { hint }), node);
    return { ...attempt, outcome: 'failed', failure };
  }
}

/**
 * The play as it is now: planned anew where earlier plays have added something.
 * @returns undefined where that shows a mistake, which is told
 */
export async function planAtStart(
  plan: PlayPlan,
  environment: RunEnvironment,
  replan: (plan: PlayPlan, inventory: Inventory) => Promise<PlayPlan>,
): Promise<PlayPlan | undefined> {
  const { additions, emit, perhapsMore } = environment;
  // What steps add that only the run knows, nobody could say before.
  if (plan.addedBy.length === 0 && additions.count === 0) return plan;
  const { name } = plan.play;
  const say = (text: string): void =>
    emit({ event: 'message', time: Date.now(), level: 'warning', text });
  if (perhapsMore !== undefined) {
    say(`play '${name}' may have more hosts: check does not know what ${perhapsMore} adds`);
  }
  try {
    const extended = await environment.files.extended(additions.all);
    const now = additions.count === 0 ? plan : await replan(plan, extended);
    await environment.extend(
      extended,
      now.hosts.map(({ host }) => host),
    );
    if (now.hosts.length === 0 && plan.addedBy.length > 0)
      say(`play '${name}' has no hosts: '${plan.play.definition.hosts}'`);
    return now;
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    say(`play '${name}' cannot be planned with what the run added: ${formatError(error)}`);
    return undefined;
  }
}
