/** How long one attempt at a step may take, and each question that it asks by a command of the user. */
import type { Target } from './attempt.ts';

/** Seconds where neither task nor module says. */
const defaultTimeout = 600;

/** @param planned seconds that the module asks for */
export const timeoutOf = ({ node }: Target, planned?: number): number =>
  node.options.timeout ?? planned ?? defaultTimeout;
