/** What a new host means for hosts that `--limit` leaves out: steps on these, and nothing else. */
import { block, debug, type HostView, type Step } from 'tsplay';

/**
 * Steps on another host, done once for all hosts of the run. A host that cannot be reached is told
 * of and keeps nobody from joining.
 * @param what for the steps' names: `pod routes`
 * @param tasks names of steps must hold the host's
 */
export const onOutside = (
  other: HostView,
  what: string,
  tasks: readonly Step[],
  tags: readonly string[],
): Step =>
  block(
    `${what} on ${other.name}, or later`,
    {
      tasks: [block(`${what} on ${other.name}`, { tasks }, { on: other.name, runOnce: true })],
      rescue: [
        debug(`${other.name} learns of it later: ${what}`, {
          message: (run) =>
            `${run.failure?.message ?? 'it failed'}; run the playbook for ${other.name}`,
        }),
      ],
    },
    { tags },
  );
