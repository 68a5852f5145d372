/** What two runs of one program must agree in. */
import type { Outcome, StepOutcome } from './lane.ts';
import type { Program } from './program.ts';

/** Differences between the run that reads ahead and the plain one, a line each. */
export function differencesOf(program: Program, fast: Outcome, plain: Outcome): string[] {
  if (endsEarly(program, plain) && endedWithin(fast, plain)) return [];
  const found: string[] = [];
  // A step that has nothing to do waits for nobody: how many of them a host has behind it when the
  // play ends for all is left to chance, and so is what their handlers had to do.
  const counts = ({ outcome }: StepOutcome): boolean =>
    !endsEarly(program, plain) || (outcome !== 'ok' && outcome !== 'skipped');
  const of = ({ steps }: Outcome, host: string): readonly StepOutcome[] =>
    steps.get(host)?.filter(counts) ?? [];
  if (fast.exitCode !== plain.exitCode)
    found.push(`exit code ${fast.exitCode}, plain ${plain.exitCode}`);
  for (const host of new Set([...fast.steps.keys(), ...plain.steps.keys()]))
    found.push(...differingSteps(host, of(fast, host), of(plain, host)));
  found.push(...differingLines(fast.tree, plain.tree));
  return found;
}

const endsEarly = ({ source }: Program, { exitCode }: Outcome): boolean =>
  exitCode !== 0 && /anyErrorsFatal|maxFail/.test(source);

/**
 * A failure ended the play for a host that was about to begin the same step: which of the two is
 * first at it is left to chance.
 */
function endedWithin(fast: Outcome, plain: Outcome): boolean {
  const ends = [fast, plain].flatMap(({ steps }) =>
    [...steps.values()].flatMap((each) => each.filter(({ outcome }) => outcome === 'failed')),
  );
  return ends.some(({ name }) => {
    const at = ({ steps }: Outcome, host: string): boolean =>
      steps.get(host)?.some((step) => step.name === name) ?? false;
    const hosts = new Set([...fast.steps.keys(), ...plain.steps.keys()]);
    return [...hosts].some((host) => at(fast, host) !== at(plain, host));
  });
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
