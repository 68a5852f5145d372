/** How events name a step. */
import type { TaskNode } from '../../plan/nodes.ts';
import type { StepRef } from '../../report/events.ts';

export function stepRef(host: string, node: TaskNode): StepRef {
  return {
    host,
    id: node.id,
    play: node.play,
    role: node.role,
    name: node.task.name,
    module: node.task.module.name,
    at: node.task.at,
    handler: node.handler,
  };
}
