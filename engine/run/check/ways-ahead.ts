/** Check: where the paths lead that a planned step names and nobody has asked for. */
import type { Invalidates } from '../../module/plan.ts';
import type { Become } from '../../transport/transport.ts';
import type { HostLink } from '../hosts/link.ts';
import { sendBatch } from '../reads/read-batch.ts';

/** Without that, a path through a link would be another one than that to which it leads. */
export async function askWays(
  link: HostLink,
  become: Become | undefined,
  invalidates: Invalidates | undefined,
): Promise<void> {
  if (invalidates === undefined) return;
  const ahead = link.state.unlocated(invalidates);
  if (ahead.length > 0) await sendBatch(link, { become, own: [], ahead, facts: false });
}
