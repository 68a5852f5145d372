/** Why a lazy value cannot be had yet: thrown through the user's function, caught by the engine. */
import { thrownPlace } from '../dsl/thrown-place.ts';
import { PlayError, StepError } from '../errors.ts';
import type { TaskNode } from './nodes.ts';

export type Missing =
  /** `optional`: where the host cannot be reached, the asking step goes on without them. */
  | { readonly missing: 'facts'; readonly host: string; readonly optional?: boolean }
  | {
      readonly missing: 'result';
      readonly host: string;
      readonly id: string;
      readonly node: TaskNode | undefined;
    }
  | { readonly missing: 'reachable'; readonly pattern: string }
  /** The result will never be: what decided it decides the asking step too. */
  | { readonly missing: 'skipped'; readonly because: string }
  | { readonly missing: 'unknown'; readonly because: string };

/** Not an Error: a user's `catch (error) { if (error instanceof Error) … }` lets it through. */
export class NotYetKnown {
  readonly of: Missing;
  constructor(of: Missing) {
    this.of = of;
  }
}

export type Evaluated<T> = { readonly value: T } | { readonly notYet: Missing };

/**
 * The one door to functions of the playbook: whatever they throw is a failure of the step, none of
 * the engine. Evaluates by trying.
 * @throws PlayError
 */
export function evaluate<T>(body: () => T): Evaluated<T> {
  try {
    return { value: body() };
  } catch (error) {
    if (error instanceof NotYetKnown) return { notYet: error.of };
    if (error instanceof PlayError) throw error;
    throw new FunctionError(error);
  }
}

/** What a function of the playbook threw. */
export class FunctionError extends StepError {
  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause);
    super(message, { cause, at: cause instanceof Error ? thrownPlace(cause) : undefined });
  }
}
