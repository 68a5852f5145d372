/** Roles on a small inventory: what they declare for a host, and the files that they would write. */
import { play, playbook } from '../../engine/dsl/declare.ts';
import type { Playbook } from '../../engine/dsl/play.ts';
import type { Role, Run } from '../../engine/dsl/task.ts';
import { formatError } from '../../engine/errors.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import type { Inventory } from '../../engine/inventory/view.ts';
import type { Facts } from '../../engine/module/facts.ts';
import { parseArguments } from '../../engine/plan/arguments.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { tasksOf, type HandlerNode, type TaskNode } from '../../engine/plan/nodes.ts';
import { Controllers } from '../../engine/controller/local-files.ts';
import { isContent, type Content } from '../../engine/shell/content.ts';
import { testFacts } from '../../engine/testing/surroundings.ts';
import { inventoryOf } from '../plan/inventory.ts';

export interface CollectedHost {
  /** Names of the steps, in order. */
  readonly names: readonly string[];
  readonly handlers: readonly HandlerNode[];
  step(name: string): TaskNode;
  /** Text of the file that a `copy` or `template` step would write. */
  written(name: string, facts?: Partial<Facts>): Promise<string>;
}

export interface Collected {
  readonly inventory: Inventory;
  host(name: string): CollectedHost;
}

/** Collects a role, or a playbook, for all hosts of an inventory. @throws PlayError */
export async function collected(what: Role | Playbook, yaml: string): Promise<Collected> {
  const inventory = await inventoryOf(yaml);
  const book =
    what.kind === 'playbook'
      ? what
      : playbook([play({ name: 'test', hosts: 'all', roles: withNeeds(what) })]);
  const isAsked = ({ role }: TaskNode): boolean => what.kind === 'playbook' || role === what.as;
  const plans = collectPlaybook(book, inventory, { variables: variableValidator(inventory) });
  return {
    inventory,
    host(name) {
      const found = plans.flatMap((plan) => plan.hosts.filter((each) => each.host === name));
      const tasks = found.flatMap((each) => [...tasksOf(each.nodes)].filter(isAsked));
      const step = (task: string): TaskNode => {
        const node = tasks.find((each) => each.task.name === task);
        if (!node)
          throw new Error(`no step '${task}': ${tasks.map((t) => t.task.name).join(', ')}`);
        return node;
      };
      return {
        names: tasks.map((node) => node.task.name),
        handlers: found
          .flatMap((each) => each.handlers)
          .filter(({ node }) => [...tasksOf([node])].some(isAsked)),
        step,
        written: (task, facts) => written(step(task), name, testFacts(facts)),
      };
    },
  };
}

/** The role behind those that it needs. */
export const withNeeds = (role: Role): readonly Role[] => [
  ...new Set([...(role.definition.needs ?? []).flatMap(oneOf).flatMap(withNeeds), role]),
];

const oneOf = (need: Role | readonly Role[]): readonly Role[] =>
  'kind' in need ? [need] : need.slice(0, 1);

/** What is said against a role's variables or its fleet. */
export async function refused(what: Role | Playbook, yaml: string): Promise<string> {
  try {
    await collected(what, yaml);
  } catch (error) {
    return formatError(error);
  }
  throw new Error('nothing was refused');
}

async function written({ task, want }: TaskNode, host: string, facts: Facts): Promise<string> {
  const run = { facts, host } as Run;
  const args = Object.fromEntries(
    Object.entries(task.args).map(([name, argument]) => [
      name,
      typeof argument === 'function' ? (argument as (run: Run) => unknown)(run) : argument,
    ]),
  );
  const parsed = want ? want.value : parseArguments(task, args);
  const controller = new Controllers({ check: false, diff: false }, { remember: true }).of(
    task,
    host,
  );
  const prepared = await task.module.prepare?.(parsed, controller);
  const { content } = (prepared ?? parsed) as { content: Content };
  if (!isContent(content) || !content.bytes) throw new Error(`'${task.name}' writes no content`);
  return content.bytes.toString('utf8');
}
