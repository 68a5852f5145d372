/** Plans a play anew when it starts, where earlier plays have added to the inventory. */
import type { Inventory } from '../inventory/view.ts';
import { collectPlaybook, type CollectOptions } from './collect.ts';
import { Coming } from './coming.ts';
import type { PlayPlan } from './nodes.ts';
import { isSelected, selectIn, type Selection } from './select.ts';
import { refuseUnselectedReads } from './unselected.ts';

/** What a run needs for it. */
export interface Replanning {
  /** The plan as it was before the run. */
  readonly plan: PlayPlan;
  readonly inventory: Inventory;
  readonly variables: CollectOptions['variables'];
  /** What hosts have of earlier plays. */
  readonly roles?: CollectOptions['roles'];
  /** Hosts of `--limit`; hosts that the run added are not left out by it. */
  readonly limit: ReadonlySet<string> | undefined;
  /** Hosts of the inventory's files. */
  readonly files: ReadonlySet<string>;
  readonly selection: Pick<Selection, 'tags' | 'skipTags'>;
}

/**
 * Where something was added a step has run, so `--start-at-task` lies behind.
 * @throws what `collectPlaybook` throws; an added host may lack a variable of a role
 */
export function replanPlay(of: Replanning): PlayPlan {
  const { plan, inventory, variables, roles, limit, files } = of;
  const added = inventory.hosts.map(({ name }) => name).filter((name) => !files.has(name));
  const [again] = collectPlaybook({ kind: 'playbook', plays: [plan.play] }, inventory, {
    variables,
    limit: limit && new Set([...limit, ...added]),
    coming: Coming.anything(),
    roles,
  });
  if (!again) throw new Error('a play was collected to nothing');
  const selection = { ...of.selection, startAtTask: undefined };
  const selected = selectIn(again, (node) => isSelected(node, selection));
  refuseUnselectedReads([selected]);
  return { ...selected, addedBy: plan.addedBy };
}
