/** Waiting that a hard cancel ends. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The run was interrupted by the person. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** @param seconds how long; @throws Interrupted when the signal fires meanwhile */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new Interrupted();
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch {
    throw new Interrupted();
  }
}
