/** How long one attempt at a step may take, and each question that it asks by a command of the user. */
import type { Target } from './target.ts';

/** Seconds where neither task nor module says. */
const defaultTimeout = 600;

/** @param planned seconds that the module asks for */
export function timeoutOf({ node, host }: Target, planned?: number): number {
  const { taskTimeout } = host.batch.environment.options;
  return node.options.timeout ?? taskTimeout ?? planned ?? defaultTimeout;
}
