/** Where a step is done. */
import { PlayError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { evaluate } from '../../plan/not-yet-known.ts';
import type { HostRun } from '../host-run.ts';
import type { HostLink } from '../hosts/link.ts';
import type { Attempt, NeedsStep } from './attempt-result.ts';
import { becomeOf } from './become.ts';
import { resolveMissing } from './dependencies.ts';
import type { PreparedStep } from './prepare.ts';
import type { Target, Turn } from './target.ts';

/** This host, or the one that `on` names; an attempt where that cannot be known. */
export async function targetOf(
  host: HostRun,
  node: TaskNode,
  prepared: PreparedStep,
  { stepId }: Turn,
): Promise<Target | Attempt | NeedsStep> {
  let link = host.link;
  for (const { on } = node.options; on !== undefined;) {
    const name = typeof on === 'string' ? { value: on } : evaluate(() => on(host.view(false)));
    if ('value' in name) {
      link = linkTo(host, name.value);
      break;
    }
    const ended = await resolveMissing(host, node, name.notYet);
    if (ended) return ended;
  }
  return { host, node, link, become: becomeOf(node, link.connection), prepared, stepId };
}

/** Where it may be done, as far as that is known without waiting: else on any host of the run. */
export function possibleLinks(host: HostRun, { options: { on } }: TaskNode): readonly HostLink[] {
  const { environment } = host.batch;
  if (on === undefined) return [host.link];
  try {
    const name = typeof on === 'string' ? { value: on } : evaluate(() => on(host.view(false)));
    if ('value' in name) return [linkTo(host, name.value)];
  } catch (error) {
    // It is told when the step comes to it.
    if (!(error instanceof PlayError)) throw error;
  }
  return Array.from(environment.hosts, (each) => environment.link(each));
}

function linkTo(host: HostRun, name: string): HostLink {
  const { environment } = host.batch;
  return environment.link(environment.inventory.host(name).name);
}
