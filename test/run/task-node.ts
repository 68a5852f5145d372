import type { Task } from '../../engine/dsl/task.ts';
import type { TaskNode } from '../../engine/plan/nodes.ts';

/** The node of a task that nothing was said of. */
export const nodeOf = (id: string, task: Task<unknown>): TaskNode => ({
  node: 'task',
  id,
  play: 'site',
  role: undefined,
  task,
  options: {
    tags: [],
    when: [],
    become: undefined,
    environment: {},
    ignoreErrors: false,
    ignoreUnreachable: false,
    check: undefined,
    diff: undefined,
    secret: false,
    timeout: undefined,
    runOnce: false,
    on: undefined,
    throttle: undefined,
  },
  notify: [],
  handler: false,
  want: undefined,
  selected: true,
});
