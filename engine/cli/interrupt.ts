/**
 * Ctrl-C: the first lets what is being applied finish, the second ends it, the third leaves. A
 * hang-up is no more than a first, however often it comes: of one closed terminal both its shell
 * and the kernel tell.
 */
import { setMaxListeners } from 'node:events';
import type { Sink } from '../report/sink.ts';

export interface Interrupts {
  /** Aborted by the first signal: start nothing new. */
  readonly soft: AbortSignal;
  /** Aborted by the second: end what runs on the hosts. */
  readonly hard: AbortSignal;
  /** Stops listening. */
  stop(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @param sink told of what happens next; usually stderr
 * @param exit leaves the process
 */
export function listenForInterrupts(
  sink: Sink,
  exit: (code: number) => void = (code) => process.exit(code),
): Interrupts {
  const soft = new AbortController();
  const hard = new AbortController();
  // Every connection listens.
  setMaxListeners(0, soft.signal, hard.signal);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP' && soft.signal.aborted) return;
    if (hard.signal.aborted) exit(130);
    else if (soft.signal.aborted) {
      sink.write('Interrupted again: ending what runs on the hosts.\n');
      hard.abort();
    } else {
      sink.write('Interrupted: what is being applied may finish; again to end it.\n');
      soft.abort();
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    soft: soft.signal,
    hard: hard.signal,
    stop: () => signals.forEach((signal) => process.off(signal, onSignal)),
  };
}
