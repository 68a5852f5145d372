/** What two runs of one program must agree in. */
import type { Outcome, StepOutcome } from './lane.ts';

/** Differences between the run that reads ahead and the plain one, a line each. */
export function differencesOf(fast: Outcome, plain: Outcome): string[] {
  const found: string[] = [];
  if (fast.exitCode !== plain.exitCode)
    found.push(`exit code ${fast.exitCode}, plain ${plain.exitCode}`);
  for (const host of new Set([...fast.steps.keys(), ...plain.steps.keys()]))
    found.push(...differingSteps(host, fast.steps.get(host) ?? [], plain.steps.get(host) ?? []));
  found.push(...differingLines(fast.tree, plain.tree));
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
    } else if (step.outcome !== 'ok' && step.outcome !== 'skipped') {
      found.push(`${host} ${step.name}: ${step.outcome}, in the plain run not reached`);
    }
    // Else the play ended early for all: what only looked went ahead of its turn.
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
