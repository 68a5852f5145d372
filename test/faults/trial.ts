/**
 * What a fault test tried and what held: the rows of `docs/reliability.md`. A test calls `report`
 * once, before it expects anything, so that a miss is a number and not only a failure.
 */
import { expect, type TestContext } from 'vitest';

export interface Trial {
  /** What was done to it, as a person would say it. */
  readonly fault: string;
  /** What must hold, in a few words. */
  readonly promise: string;
  readonly tried: number;
  readonly held: number;
  /** What did not hold, for the message. */
  readonly missed?: readonly string[];
}

declare module 'vitest' {
  interface TaskMeta {
    trial?: Trial;
  }
}

/** Writes down the trial, and fails the test where something did not hold. */
export function report({ task }: TestContext, trial: Trial): void {
  const { missed = [], ...counted } = trial;
  task.meta.trial = counted;
  expect(trial.held, [`${trial.fault}: ${trial.promise}`, ...missed].join('\n')).toBe(trial.tried);
}
