/** Renders the templates whose variables are known, before anything connects. */
import type { Task } from '../dsl/task.ts';
import { ManyErrors, PlayError, TemplateError } from '../errors.ts';
import type { Controller } from '../module/module.ts';
import { tasksOf, type PlayPlan, type TaskNode } from '../plan/nodes.ts';

/**
 * An undefined variable or a missing template is found for all hosts, and not on host 37.
 * @throws the mistake, or ManyErrors with every one, equal ones once
 */
export async function rehearseTemplates(
  plans: readonly PlayPlan[],
  controllerOf: (task: Task<unknown>, host: string) => Controller,
): Promise<void> {
  const mistakes = new Map<string, PlayError>();
  for (const { hosts } of plans) {
    for (const { host, nodes, handlers } of hosts) {
      for (const node of tasksOf([...nodes, ...handlers.map((each) => each.node)])) {
        for (const mistake of await rehearse(node, controllerOf(node.task, host))) {
          mistakes.set(`${mistake.at?.file}:${mistake.at?.line}:${mistake.message}`, mistake);
        }
      }
    }
  }
  const [first, ...more] = mistakes.values();
  if (first) throw more.length === 0 ? first : new ManyErrors([first, ...more]);
}

async function rehearse(node: TaskNode, controller: Controller): Promise<readonly PlayError[]> {
  const { module } = node.task;
  if (!node.selected || !node.want || !module.template) return [];
  const { src, variables } = module.template(node.want.value);
  try {
    await controller.template(src, variables);
    return [];
  } catch (error) {
    if (error instanceof ManyErrors) return error.errors;
    // What a condition may leave out need not be there; what is there must be right.
    const counts = error instanceof TemplateError || node.options.when.length === 0;
    return error instanceof PlayError && counts ? [error] : [];
  }
}
