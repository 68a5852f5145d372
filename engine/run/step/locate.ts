/** Where a step is done. */
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

/** The same as far as it is known without waiting: else this host. */
export function likelyLink(host: HostRun, { options: { on } }: TaskNode): HostLink {
  return typeof on === 'string' ? linkTo(host, on) : host.link;
}

function linkTo(host: HostRun, name: string): HostLink {
  const { environment } = host.batch;
  return environment.link(environment.inventory.host(name).name);
}
