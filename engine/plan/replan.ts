/** Plans a play anew when it starts: with what earlier plays added to the inventory, and with facts. */
import type { Inventory } from '../inventory/view.ts';
import { collectPlaybook, type CollectOptions } from './collect.ts';
import { Coming } from './coming.ts';
import { RolesSoFar } from './needs.ts';
import { awaitsFacts, type PlayPlan } from './nodes.ts';
import { isSelected, selectIn, stepsBefore, type Selection } from './select.ts';
import { refuseUnselectedReads } from './unselected.ts';

/** What a run needs for it. */
export interface Replanning {
  /** The plan as it was before the run. */
  readonly plan: PlayPlan;
  readonly inventory: Inventory;
  readonly variables: CollectOptions['variables'];
  /** What hosts have of earlier plays. */
  readonly roles?: CollectOptions['roles'];
  /** Of hosts that have told them. */
  readonly facts?: CollectOptions['facts'];
  /** Hosts of `--limit`; hosts that the run added are not left out by it. */
  readonly limit: ReadonlySet<string> | undefined;
  /** Hosts of the inventory's files. */
  readonly files: ReadonlySet<string>;
  readonly selection: Pick<Selection, 'tags' | 'skipTags'>;
}

/** @throws what `collectPlaybook` throws; an added host may lack a variable of a role */
export function replanPlay(of: Replanning): PlayPlan {
  const { plan, inventory, variables, limit, files } = of;
  const { roles = new RolesSoFar(), facts } = of;
  const added = inventory.hosts.map(({ name }) => name).filter((name) => !files.has(name));
  const [again] = collectPlaybook({ kind: 'playbook', plays: [plan.play] }, inventory, {
    variables,
    limit: limit && new Set([...limit, ...added]),
    coming: Coming.anything(),
    roles,
    facts,
  });
  if (!again) throw new Error('a play was collected to nothing');
  if (!awaitsFacts(again)) roles.settle();
  const { addedBy, startsAt } = plan;
  const selection = { ...of.selection, startAtTask: startsAt };
  const before = startsAt === undefined ? undefined : stepsBefore([again], startsAt).get(again);
  const selected = selectIn(
    again,
    (node) => isSelected(node, selection) && !before?.steps.has(node.id),
  );
  refuseUnselectedReads([selected]);
  return { ...selected, addedBy, ...(startsAt !== undefined && { startsAt }) };
}
