/** Plays that a failure ends for all hosts: where, and what of that is left to chance. */
import type { Outcome } from './outcome.ts';
import type { Program } from './written/program.ts';

export interface End {
  /** Of the step at which the play ended: all are past the steps before it. */
  readonly number: number;
  readonly batch: readonly string[];
}

/** Undefined where each host goes its own way to the end. */
export function endOf({ source }: Program, { steps }: Outcome): End | undefined {
  const failure = /anyErrorsFatal|maxFail/.test(source);
  const ends = new Set(
    [...source.matchAll(/\bend(?:Play|Batch)\('(step \d+)'/g)].map(([, name]) => name),
  );
  const [first] = [...steps.values()]
    .flat()
    .filter(
      ({ fatal, name, outcome }) => (failure && fatal) || (ends.has(name) && outcome === 'ok'),
    )
    .toSorted((one, other) => one.number - other.number);
  return first;
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
