/**
 * The one collector: constructors report what they made to whoever is collecting, so that a task
 * that was created and never yielded is found (SEMANTICS 1). It is set synchronously around each
 * step of a generator; outside of collecting nothing is recorded. It hangs on a global symbol, so
 * that it is one even if the engine were loaded twice.
 */
import type { Block, Choose, Flush, Handler, Step, Task } from './task.ts';

export type Declared = Task<unknown> | Block | Choose | Flush | Handler;

interface Slot {
  current: ((made: Declared) => void) | undefined;
}

const key = Symbol.for('tsplay.collector');
const holder = globalThis as { [key]?: Slot };
const slot: Slot = (holder[key] ??= { current: undefined });

/** Tells the collector, if any, of a value just declared; returns it. */
export function declare<T extends Declared>(made: T): T {
  slot.current?.(made);
  return made;
}

/** Runs `body` with `note` told of everything declared in it. */
export function collecting<T>(note: (made: Declared) => void, body: () => T): T {
  const before = slot.current;
  slot.current = note;
  try {
    return body();
  } finally {
    slot.current = before;
  }
}

export function isStep(value: unknown): value is Step {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return ['task', 'block', 'choose', 'flush'].includes(String(value.kind));
}
