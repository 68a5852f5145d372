/** Which steps run: `--tags`, `--skip-tags`, `--start-at-task`. Pure selection on collected data. */
import { didYouMean } from '../did-you-mean.ts';
import { UsageError } from '../errors.ts';
import { globToRegex } from '../glob.ts';
import { selecting, tasksOf, type PlayPlan, type TaskNode } from './nodes.ts';
import { refuseUnselectedReads } from './unselected.ts';

export interface Selection {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask: string | undefined;
}

const special = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * The plays with the selected steps alone. Handlers stay selected: what notifies them decides.
 * @throws UsageError for a tag or task that does not exist, with the nearest one; and where a
 * selected step reads the result of an action that is not selected
 */
export function selectSteps(plans: readonly PlayPlan[], selection: Selection): readonly PlayPlan[] {
  refuseUnknownTags(plans, selection);
  const { startAtTask } = selection;
  const before = startAtTask === undefined ? undefined : stepsBefore(plans, startAtTask);
  const selected = plans.map((plan) => {
    const left = before?.get(plan);
    return selectIn(plan, (node) => isSelected(node, selection) && !left?.has(node.id));
  });
  refuseUnselectedReads(selected);
  return selected;
}

/** The play with the chosen steps selected, and no others. */
export function selectIn(plan: PlayPlan, isChosen: (node: TaskNode) => boolean): PlayPlan {
  const hosts = plan.hosts.map((host) => ({ ...host, nodes: selecting(host.nodes, isChosen) }));
  return { ...plan, hosts };
}

/** All tags of a playbook, sorted. */
export function tagsOf(plans: readonly PlayPlan[]): readonly string[] {
  const tags = new Set<string>();
  for (const node of everyTask(plans)) for (const tag of node.options.tags) tags.add(tag);
  return [...tags].toSorted();
}

/** Ansible's meaning of tags, with `never` and `always`. */
export function isSelected(node: TaskNode, { tags, skipTags }: Selection): boolean {
  const own = node.options.tags;
  const matches = (wanted: string): boolean => {
    if (wanted === 'all') return true;
    if (wanted === 'tagged') return own.some((tag) => tag !== 'never');
    if (wanted === 'untagged') return own.length === 0;
    return own.includes(wanted);
  };
  const named = tags.some((tag) => own.includes(tag) && !special.includes(tag));
  const wanted = tags.length === 0 || tags.some(matches) || own.includes('always');
  const hidden = own.includes('never') && !named && !tags.includes('never');
  const skipped = skipTags.some((tag) => (tag === 'all' ? !own.includes('always') : matches(tag)));
  return wanted && !hidden && !skipped;
}

function refuseUnknownTags(plans: readonly PlayPlan[], { tags, skipTags }: Selection): void {
  const known = tagsOf(plans);
  // Nobody knows the tags of a play whose hosts are still to come.
  if (plans.some(({ hosts, addedBy }) => hosts.length === 0 && addedBy.length > 0)) return;
  for (const tag of [...tags, ...skipTags]) {
    if (special.includes(tag) || known.includes(tag)) continue;
    const near = didYouMean(tag, [...known, ...special]);
    throw new UsageError(`no task has the tag '${tag}'${near ? `, did you mean '${near}'?` : ''}`, {
      hint: known.length > 0 ? `tags: ${known.join(', ')}` : 'this playbook has no tags',
    });
  }
}

/** Ids of the steps that stand before the first one of that name, by play. */
function stepsBefore(
  plans: readonly PlayPlan[],
  name: string,
): ReadonlyMap<PlayPlan, ReadonlySet<string>> {
  // Names of steps may hold brackets.
  const pattern = globToRegex(name, { sets: false });
  const matches = (node: TaskNode): boolean =>
    node.task.name === name || node.id === name || pattern.test(node.task.name);
  if (!everyTask(plans).some(matches)) {
    const names = new Set(everyTask(plans).map((node) => node.task.name));
    const near = didYouMean(name, [...names]);
    throw new UsageError(`no task is named '${name}'${near ? `, did you mean '${near}'?` : ''}`, {
      hint: '--list-tasks shows all names',
    });
  }
  const before = new Map<PlayPlan, ReadonlySet<string>>();
  for (const plan of plans) {
    const named = new Set(
      everyTask([plan])
        .filter(matches)
        .map((node) => node.id),
    );
    const first = plan.order.findIndex((id) => named.has(id));
    before.set(plan, new Set(first === -1 ? plan.order : plan.order.slice(0, first)));
    if (first !== -1) break;
  }
  return before;
}

function everyTask(plans: readonly PlayPlan[]): readonly TaskNode[] {
  return plans.flatMap((plan) => plan.hosts.flatMap((host) => [...tasksOf(host.nodes)]));
}
