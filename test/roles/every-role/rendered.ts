/** What declared steps would have as arguments and write into files, without a host. */
import type { Run, Task } from '../../../engine/dsl/task.ts';
import type { HostView, Inventory } from '../../../engine/inventory/view.ts';
import type { Facts } from '../../../engine/module/facts.ts';
import { parseArguments } from '../../../engine/plan/arguments.ts';
import { tasksOf, type PlayPlan, type TaskNode } from '../../../engine/plan/nodes.ts';
import { Controllers } from '../../../engine/controller/local-files.ts';
import { testFacts } from '../../../engine/testing/surroundings.ts';

/** What hosts answer: of each family, once that all is there and once that nothing is. */
const worlds = [
  { family: 'debian', code: 0, changed: false },
  { family: 'redhat', code: 1, changed: true },
] as const;

/** What kubectl prints of a node and of a pod on it, as one. */
const found = ({ name, address, vars }: HostView) => ({
  metadata: { name },
  spec: { podCIDR: '172.30.0.0/24', nodeName: vars['nodeName'] ?? name },
  status: { addresses: [{ type: 'InternalIP', address }], podIP: '172.30.0.2' },
});

/**
 * Evaluates every lazy argument and renders every template, for hosts of both families.
 * @throws whatever a template, a schema of arguments or a function of the role says
 */
export async function render(plans: readonly PlayPlan[], inventory: Inventory): Promise<void> {
  const controllers = new Controllers({ check: true, diff: false }, { remember: true });
  for (const { hosts } of plans) {
    for (const { host: name, nodes, handlers } of hosts) {
      for (const step of tasksOf([...nodes, ...handlers.map((each) => each.node)])) {
        for (const world of step.want ? worlds.slice(0, 1) : worlds) {
          const want = wantOf(step, runOf(inventory.host(name), world));
          const template = step.task.module.template?.(want);
          if (!template) continue;
          const { src, variables } = template;
          await controllers.of(step.task, name).template(src, variables);
        }
      }
    }
  }
}

function wantOf({ task, want }: TaskNode, run: Run): unknown {
  if (want) return want.value;
  const args = Object.entries(task.args).map(([name, argument]) => [
    name,
    typeof argument === 'function' ? (argument as (run: Run) => unknown)(run) : argument,
  ]);
  return parseArguments(task, Object.fromEntries(args));
}

function runOf(host: HostView, { family, ...answer }: (typeof worlds)[number]): Run {
  const facts: Facts = testFacts({
    os: { ...testFacts().os, family },
    interfaces: { eth0: { mac: '', ipv4: [host.address], ipv6: [] } },
  });
  const said = { ...answer, yes: answer.code === 0 };
  const result = { ...said, stdout: '', stderr: '', stdoutLines: [], objects: [found(host)] };
  const seen = ({ module }: Task<unknown>): unknown => module.seen?.(result) ?? result;
  return {
    facts,
    host: host.name,
    check: true,
    result: seen,
    tryResult: seen,
    resultOf: (_: string, task: Task<unknown>) => seen(task),
    factsOf: () => facts,
    tryFactsOf: () => facts,
    firstReachable: () => host.name,
    failure: { task: 'a step', message: 'it failed' },
  } as Run;
}
