/** Runs that change nothing: they need nothing locked. */
import { tasksOf, type PlayPlan, type TaskNode } from './nodes.ts';

/** Whether no step that may run can change anything, on a host or on the controller. */
export function onlyAsks(plans: readonly PlayPlan[]): boolean {
  return plans.every(
    ({ hosts, addedBy }) =>
      // Who comes only in the run is planned only then.
      addedBy.length === 0 &&
      hosts.every(
        ({ nodes, handlers, awaitsFacts }) =>
          !awaitsFacts &&
          [
            ...[...tasksOf(nodes)].filter(({ selected }) => selected),
            ...tasksOf(handlers.map(({ node }) => node)),
          ].every(asks),
      ),
  );
}

const asks = ({ task: { module } }: TaskNode): boolean =>
  module.onlyAsks === true || (module.kind === 'control' && module.reach === undefined);
