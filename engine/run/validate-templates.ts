/** Renders the templates whose variables are known, before anything connects. */
import type { Task } from '../dsl/task.ts';
import { ManyErrors, PlayError, TemplateError } from '../errors.ts';
import type { Controller } from '../module/module.ts';
import { awaitsFacts, tasksOf, type PlayPlan, type TaskNode } from '../plan/nodes.ts';
import { writesOnController } from './reads/barrier.ts';

interface Rehearsal {
  readonly controllerOf: (task: Task<unknown>, host: string) => Controller;
  /** Whether that host is the controller. */
  readonly isLocal: (host: string) => boolean;
}

/**
 * An undefined variable or a missing template is found for all hosts, and not on host 37. What an
 * earlier step may write on the controller is left to its turn; behind steps that only the run
 * knows, what is not there may come.
 * @throws the mistake, or ManyErrors with every one, equal ones once
 */
export async function validateTemplates(
  plans: readonly PlayPlan[],
  { controllerOf, isLocal }: Rehearsal,
): Promise<void> {
  const mistakes = new Map<string, PlayError>();
  let mayCome = false;
  for (const plan of plans) {
    const written = firstOf(
      plan,
      (node, local) => !node.each && writesOnController(node, local),
      isLocal,
    );
    const unknown: number =
      awaitsFacts(plan) || mayCome ? -1 : firstOf(plan, ({ each }) => each !== undefined, isLocal);
    for (const { host, nodes, handlers, positions } of plan.hosts) {
      for (const node of tasksOf([...nodes, ...handlers.map((each) => each.node)])) {
        const at = positions.get(node.id) ?? Infinity;
        if (at > written) continue;
        for (const mistake of await validate(node, controllerOf(node.task, host), at > unknown)) {
          mistakes.set(`${mistake.at?.file}:${mistake.at?.line}:${mistake.message}`, mistake);
        }
      }
    }
    if (written < Infinity) break;
    mayCome ||= unknown < Infinity;
  }
  const [first, ...more] = mistakes.values();
  if (first) throw more.length === 0 ? first : new ManyErrors([first, ...more]);
}

/** Where the first such step of a play stands. */
function firstOf(
  { hosts }: PlayPlan,
  isSuch: (node: TaskNode, isLocal: boolean) => boolean,
  isLocal: Rehearsal['isLocal'],
): number {
  let first = Infinity;
  for (const { host, nodes, handlers, positions } of hosts) {
    for (const node of tasksOf([...nodes, ...handlers.map((each) => each.node)])) {
      const { on } = node.options;
      const local = typeof on === 'function' || isLocal(on ?? host);
      if (!node.selected || !isSuch(node, local)) continue;
      first = Math.min(first, positions.get(node.id) ?? Infinity);
    }
  }
  return first;
}

/** @param mayCome a step before it may bring what is not there */
async function validate(
  node: TaskNode,
  controller: Controller,
  mayCome: boolean,
): Promise<readonly PlayError[]> {
  const { module } = node.task;
  if (!node.selected || !node.want || !module.template) return [];
  const { src, variables } = module.template(node.want.value);
  try {
    await controller.template(src, variables);
    return [];
  } catch (error) {
    if (error instanceof ManyErrors) return error.errors;
    // What a condition may leave out need not be there; what is there must be right.
    const counts = error instanceof TemplateError || (node.options.when.length === 0 && !mayCome);
    return error instanceof PlayError && counts ? [error] : [];
  }
}
