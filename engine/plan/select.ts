/** Which steps run: `--tags`, `--skip-tags`, `--start-at-task`. Pure selection on collected data. */
import { didYouMean } from '../did-you-mean.ts';
import { UsageError } from '../errors.ts';
import { globToRegex } from '../glob.ts';
import { awaitsFacts, selecting, tasksOf, type PlayPlan, type TaskNode } from './nodes.ts';
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
    if (left?.isAll) return nothingOf(plan);
    const chosen = selectIn(
      plan,
      (node) => isSelected(node, selection) && !left?.steps.has(node.id),
    );
    return left && startAtTask !== undefined ? { ...chosen, startsAt: startAtTask } : chosen;
  });
  refuseUnselectedReads(selected);
  return selected;
}

/** A play before the one that is started at: nobody asks for its facts either. */
function nothingOf(plan: PlayPlan): PlayPlan {
  const chosen = selectIn(plan, () => false);
  return { ...chosen, hosts: chosen.hosts.map((host) => ({ ...host, awaitsFacts: false })) };
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

function refuseUnknownTags(plans: readonly PlayPlan[], selection: Selection): void {
  // Nobody knows the tags of a play whose hosts are still to come, or whose steps look at facts.
  if (plans.some(({ hosts, addedBy }) => hosts.length === 0 && addedBy.length > 0)) return;
  if (plans.some(awaitsFacts)) return;
  const [error] = unknownTags(plans, selection);
  if (error) throw error;
}

/** Of tags that no task has. */
export function unknownTags(
  plans: readonly PlayPlan[],
  { tags, skipTags }: Pick<Selection, 'tags' | 'skipTags'>,
): readonly UsageError[] {
  const known = tagsOf(plans);
  const unknown = [...tags, ...skipTags].filter(
    (tag) => !special.includes(tag) && !known.includes(tag),
  );
  return unknown.map((tag) => {
    const near = didYouMean(tag, [...known, ...special]);
    return new UsageError(
      `no task has the tag '${tag}'${near ? `, did you mean '${near}'?` : ''}`,
      {
        hint: known.length > 0 ? `tags: ${known.join(', ')}` : 'this playbook has no tags',
      },
    );
  });
}

/** Steps that stand before the first one of that name. */
interface Before {
  /** Their ids. */
  readonly steps: ReadonlySet<string>;
  /** It is in a later play. */
  readonly isAll: boolean;
}

/** By play, up to the play of that step. @throws UsageError where no step is named so */
export function stepsBefore(
  plans: readonly PlayPlan[],
  name: string,
): ReadonlyMap<PlayPlan, Before> {
  // Names of steps may hold brackets.
  const pattern = globToRegex(name, { sets: false });
  const matches = (node: TaskNode): boolean =>
    node.task.name === name || node.id === name || pattern.test(node.task.name);
  if (!everyTask(plans).some(matches)) {
    const names = new Set(everyTask(plans).map((node) => node.task.name));
    const near = didYouMean(name, [...names]);
    throw new UsageError(`no task is named '${name}'${near ? `, did you mean '${near}'?` : ''}`, {
      hint: plans.some(awaitsFacts)
        ? '--list-tasks shows all names that are known before facts are; others cannot be started at'
        : '--list-tasks shows all names',
    });
  }
  const before = new Map<PlayPlan, Before>();
  for (const plan of plans) {
    const named = new Set(
      everyTask([plan])
        .filter(matches)
        .map((node) => node.id),
    );
    const first = plan.order.findIndex((id) => named.has(id));
    const steps = new Set(first === -1 ? plan.order : plan.order.slice(0, first));
    before.set(plan, { steps, isAll: first === -1 });
    if (first !== -1) break;
  }
  return before;
}

function everyTask(plans: readonly PlayPlan[]): readonly TaskNode[] {
  return plans.flatMap((plan) => plan.hosts.flatMap((host) => [...tasksOf(host.nodes)]));
}
