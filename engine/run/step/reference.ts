/** How events name a step. */
import type { TaskNode } from '../../plan/nodes.ts';
import type { StepRef } from '../../report/events.ts';

/** Its name, with the item that it is for. */
export const shownName = ({ task, item }: TaskNode): string =>
  item === undefined ? task.name : `${task.name} (${item})`;

export function stepRef(host: string, node: TaskNode): StepRef {
  return {
    host,
    id: node.id,
    play: node.play,
    role: node.role,
    name: shownName(node),
    module: node.task.module.name,
    at: node.task.at,
    handler: node.handler,
  };
}
