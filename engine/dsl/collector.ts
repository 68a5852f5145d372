/**
 * The one collector: constructors report what they made to whoever is collecting, so that a task
 * that was created and never yielded is found (rule 1, collecting). It is set synchronously around
 * each
 * step of a generator; outside of collecting nothing is recorded. It hangs on a global symbol, so
 * that it is one even if the engine were loaded twice.
 */
import type { Handler, Step } from './task.ts';

export type Declared = Step | Handler;

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
  return ['task', 'block', 'choose', 'each', 'flush', 'role'].includes(String(kindOf(value)));
}

/** The kind of a declared value; a role is a function too. */
export function kindOf(value: unknown): unknown {
  const isObject = typeof value === 'object' || typeof value === 'function';
  return isObject && value !== null && 'kind' in value ? value.kind : undefined;
}
