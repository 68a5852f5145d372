/** Steps that read results of steps that no tag selects (rule 6, selecting by tag). */
import { UsageError } from '../errors.ts';
import type { TaskNode, PlayPlan } from './nodes.ts';
import { tasksOf } from './nodes.ts';
import { resultReads } from './result-reads.ts';

/** What the reading step cannot do without, said the same way before and within the run. */
export function unselectedError(reader: TaskNode, needed: TaskNode): UsageError {
  const tags = needed.options.tags.filter((tag) => tag !== 'never');
  const { name } = needed.task;
  return new UsageError(
    `'${reader.task.name}' reads the result of '${name}', which is not selected`,
    {
      at: reader.task.at,
      hint: tags.length > 0 ? `add --tags ${tags.join(',')}` : `give '${name}' a tag and select it`,
    },
  );
}

/** @throws UsageError for a selected step that reads the result of an action that is not */
export function refuseUnselectedReads(plans: readonly PlayPlan[]): void {
  for (const { hosts } of plans) {
    for (const { host, nodes } of hosts) {
      const all = [...tasksOf(nodes)];
      const missing = new Map(
        all
          .filter((node) => !node.selected && node.task.module.kind === 'action')
          .map((node) => [node.task, node]),
      );
      if (missing.size > 0) refuseReads(all, missing, host);
    }
  }
}

function refuseReads(
  nodes: readonly TaskNode[],
  missing: ReadonlyMap<unknown, TaskNode>,
  host: string,
): void {
  for (const node of nodes) {
    if (!node.selected) continue;
    for (const read of resultReads(node, host)) {
      const needed = read.optional || read.host !== undefined ? undefined : missing.get(read.task);
      if (needed) throw unselectedError(node, needed);
    }
  }
}
