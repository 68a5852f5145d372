/** Waiting that a signal ends. */
import { Interrupted } from '../errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is awaited, unless the person interrupts the run first; it is then left to itself. @throws Interrupted */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', stop);
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
