/** Plays that a failure ends for all hosts: where, and what of that is left to chance. */
import type { Outcome } from './lane.ts';
import type { Program } from './program.ts';

export interface End {
  /** Of the step at which the play ended: all are past the steps before it. */
  readonly number: number;
  readonly batch: readonly string[];
}

/** Undefined where each host goes its own way to the end. */
export function endOf({ source, hosts }: Program, { steps }: Outcome): End | undefined {
  if (!/anyErrorsFatal|maxFail/.test(source)) return undefined;
  const size = Number(/^serial: (\d)/m.exec(source)?.[1] ?? hosts.length);
  const fatal = [...steps].flatMap(([host, list]) =>
    list.filter(({ fatal: is }) => is).map(({ number }) => ({ host, number })),
  );
  const [first] = fatal.toSorted((one, other) => one.number - other.number);
  if (!first) return undefined;
  const index = Math.floor(hosts.indexOf(first.host) / size);
  return { number: first.number, batch: hosts.slice(index * size, (index + 1) * size) };
}

/**
 * Hosts come to that step at the same time: who fails first ends it for those that have not begun.
 * If they did the same in both runs, what follows is decided too.
 */
export function leftToChance({ number, batch }: End, fast: Outcome, plain: Outcome): boolean {
  const at = ({ steps }: Outcome, host: string): string =>
    (steps.get(host) ?? [])
      .filter((step) => step.number === number)
      .map(({ outcome, said }) => `${outcome} ${said}`)
      .join();
  return batch.some((host) => at(fast, host) !== at(plain, host));
}
