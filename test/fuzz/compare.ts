/** What two runs of one program must agree in. */
import { endOf, leftToChance } from './early-end.ts';
import type { Outcome, StepOutcome } from './outcome.ts';
import type { Program } from './written/program.ts';

/** Differences between the run that reads ahead and the plain one, a line each. */
export function differencesOf(program: Program, fast: Outcome, plain: Outcome): string[] {
  const found: string[] = [];
  if (fast.exitCode !== plain.exitCode)
    found.push(`exit code ${fast.exitCode}, plain ${plain.exitCode}`);
  const end = endOf(program, plain);
  const sooner = endOf(program, fast);
  if (end?.number !== sooner?.number)
    found.push(`ends at step ${sooner?.number}, plain ${end?.number}`);
  const chance = end && leftToChance(end, fast, plain);
  for (const host of new Set([...fast.steps.keys(), ...plain.steps.keys()])) {
    const decided = ({ number, outcome }: StepOutcome): boolean => {
      if (!end?.batch.includes(host) || number < end.number) return true;
      // Behind the end only what is left of blocks counts: what had nothing to do went ahead.
      return !chance && (number === end.number || (outcome !== 'ok' && outcome !== 'skipped'));
    };
    const of = ({ steps }: Outcome): readonly StepOutcome[] =>
      (steps.get(host) ?? []).filter(decided);
    found.push(...differingSteps(host, of(fast), of(plain)));
  }
  if (!chance) found.push(...differingLines(fast.tree, plain.tree));
  return found;
}

function differingSteps(
  host: string,
  fast: readonly StepOutcome[],
  plain: readonly StepOutcome[],
): string[] {
  const found: string[] = [];
  let behind = 0;
  for (const step of fast) {
    const other = plain[behind];
    if (other && other.name === step.name) {
      behind += 1;
      if (other.outcome !== step.outcome || other.said !== step.said)
        found.push(
          `${host} ${step.name}: ${step.outcome} ${step.said}, plain ${other.outcome} ${other.said}`,
        );
    } else found.push(`${host} ${step.name}: ${step.outcome}, in the plain run not reached`);
  }
  for (const step of plain.slice(behind))
    found.push(`${host} ${step.name}: not reached, plain ${step.outcome}`);
  return found;
}

function differingLines(fast: readonly string[], plain: readonly string[]): string[] {
  const inFast = new Set(fast);
  const inPlain = new Set(plain);
  return [
    ...fast.filter((line) => !inPlain.has(line)).map((line) => `tree: ${line}`),
    ...plain.filter((line) => !inFast.has(line)).map((line) => `plain tree: ${line}`),
  ];
}
