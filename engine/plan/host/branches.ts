/** Which branches of a choice are collected: that of a plain value, else all, each under its condition. */
import type { Choose, Run, Step } from '../../dsl/task.ts';
import { didYouMean } from '../../did-you-mean.ts';
import { PlaybookError } from '../../errors.ts';
import type { Condition } from '../nodes.ts';

interface Branch {
  readonly steps: readonly Step[];
  /** Undefined where it is chosen already. */
  readonly when: Condition | undefined;
}

/** @throws PlaybookError for a value that is no branch */
export function branchesOf(step: Choose): {
  readonly chosen: readonly Branch[];
  readonly left: readonly (readonly Step[])[];
} {
  const { pick } = step;
  const all = new Map(Object.entries(step.branches));
  if (typeof pick === 'string') {
    const key = all.has(pick) ? pick : 'default';
    const steps = all.get(key);
    if (!steps) throw noBranch(step, pick, [...all.keys()]);
    all.delete(key);
    return { chosen: [{ steps, when: undefined }], left: [...all.values()] };
  }
  const keyOf = (run: Run): string => {
    const picked = pick(run);
    return all.has(picked) ? picked : 'default';
  };
  const chosen = [...all].map(([key, steps]): Branch => ({
    steps,
    when: (run) => keyOf(run) === key,
  }));
  return { chosen, left: [] };
}

function noBranch({ name, at }: Choose, value: string, branches: readonly string[]): PlaybookError {
  const near = didYouMean(value, branches);
  const guess = near === undefined ? '' : `, did you mean '${near}'?`;
  return new PlaybookError(`'${name}' has no branch '${value}'${guess}`, {
    at,
    hint: `its branches are ${branches.join(', ')}; default catches the rest`,
  });
}
