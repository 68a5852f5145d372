/** As whom a step runs. */
import type { TaskNode } from '../../plan/nodes.ts';
import type { Become, Connection } from '../../transport/transport.ts';

/**
 * The step's own `become` over the connection's: `true` keeps the connection's user, or is root.
 */
export const becomeOf = ({ options }: TaskNode, connection: Connection): Become | undefined =>
  becomeFor(options.become, connection);

/** The same for what a play or step says. */
export function becomeFor(
  wanted: boolean | string | undefined,
  connection: Connection,
): Become | undefined {
  if (wanted === false) return undefined;
  if (wanted === undefined) return connection.become;
  const base = connection.become ?? connection.becomeDefaults ?? { method: 'sudo', user: 'root' };
  return typeof wanted === 'string' ? { ...base, user: wanted } : base;
}
