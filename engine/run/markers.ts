/** Why a lazy value cannot be had yet: thrown through the user's function, caught by the engine. */
import type { TaskNode } from '../plan/nodes.ts';

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
export class Marker {
  readonly of: Missing;
  constructor(of: Missing) {
    this.of = of;
  }
}

export type Evaluated<T> = { readonly value: T } | { readonly marker: Missing };

/** Evaluates by trying. Other errors of the user's function are thrown on. */
export function evaluate<T>(body: () => T): Evaluated<T> {
  try {
    return { value: body() };
  } catch (error) {
    if (error instanceof Marker) return { marker: error.of };
    throw error;
  }
}
