/** Rule 22 on a random program: what check says would change is what the run changes. */
import { endOf } from './early-end.ts';
import { writtenName, type Outcome, type StepOutcome } from './outcome.ts';
import type { Program } from './written/program.ts';
import { untoldOf } from './untold.ts';

/**
 * Where check said something else than the run did, a line each.
 * @param before the tree that check was given
 */
export function brokenPromises(
  program: Program,
  before: readonly string[],
  check: Outcome,
  run: Outcome,
): string[] {
  const found = check.tree.join('\n') === before.join('\n') ? [] : ['check has changed the tree'];
  const untold = untoldOf(program);
  const foreseen = new Set([...check.steps.values()].flat().map(({ name }) => name));
  // A handler may run at several flushes.
  const named = (steps: readonly StepOutcome[] | undefined, of: StepOutcome) =>
    (steps ?? []).filter(({ name }) => name === of.name);
  const promisedOf = (host: string, step: StepOutcome): StepOutcome | undefined =>
    named(check.steps.get(host), step)[named(run.steps.get(host), step).indexOf(step)];
  // Who fails where check could not know takes another way from there, and so may others.
  const ends = [...run.steps].flatMap(([host, steps]) =>
    steps.filter(
      (step) => step.outcome === 'failed' && promisedOf(host, step)?.outcome !== 'failed',
    ),
  );
  const end = Math.min(...ends.map(({ number }) => number));
  // Who comes later to the step that ends the play for all may find it ended, or not.
  const over = endOf(program, run);
  const isTooLate = (host: string, step: StepOutcome): boolean =>
    over?.batch.includes(host) === true && step.number >= over.number && step.outcome === 'skipped';
  for (const [host, steps] of run.steps) {
    const unsure = (check.steps.get(host) ?? []).some(({ outcome }) => outcome === 'unknown');
    for (const step of steps) {
      if (step.number > end) break;
      if (isTooLate(host, step) || untold.isBehind(host, writtenName(step.name))) continue;
      const said = promisedOf(host, step);
      // Once for all, and by another host where check could not know who fails.
      if (!said && foreseen.has(step.name) && isOnce(program, step)) continue;
      const line = broken(step, said, unsure);
      if (line !== undefined) found.push(`check of ${host} ${step.name}: ${line}`);
    }
  }
  return found;
}

function broken(
  did: StepOutcome,
  said: StepOutcome | undefined,
  unsure: boolean,
): string | undefined {
  if (said === undefined) {
    // What only a failure brings about, or what only something unknown does not.
    return did.outcome === 'changed' && !unsure ? 'not foreseen, changed' : undefined;
  }
  const wrong =
    (did.outcome === 'changed' && said.outcome !== 'changed' && said.outcome !== 'unknown') ||
    (said.outcome === 'changed' && did.outcome !== 'changed' && did.outcome !== 'failed') ||
    (said.outcome === 'failed' && did.outcome !== 'failed');
  return wrong ? `${said.outcome} ${said.said}, run ${did.outcome} ${did.said}` : undefined;
}

const isOnce = ({ source }: Program, { name }: StepOutcome): boolean =>
  source
    .split('\n')
    .some((line) => line.includes(`'${writtenName(name)}'`) && line.includes('runOnce'));
