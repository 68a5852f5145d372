/** Rule 22 on a random program: what check says would change is what the run changes. */
import type { Outcome, StepOutcome } from './lane.ts';
import type { Program } from './program.ts';

/**
 * Where check said something else than the run did, a line each. It is not held to what stands
 * behind a command that does not say what it changes (rule 21), nor to what such a command left.
 * @param before the tree that check was given
 */
export function brokenPromises(
  program: Program,
  before: readonly string[],
  check: Outcome,
  run: Outcome,
): string[] {
  const found = check.tree.join('\n') === before.join('\n') ? [] : ['check has changed the tree'];
  const end = firstOpaque(program);
  const foreseen = new Set([...check.steps.values()].flat().map(({ name }) => name));
  for (const [host, steps] of run.steps) {
    const promised = new Map((check.steps.get(host) ?? []).map((step) => [step.name, step]));
    const unsure = (check.steps.get(host) ?? []).some(({ outcome }) => outcome === 'unknown');
    for (const step of steps) {
      if (numberOf(step) >= end) break;
      const said = promised.get(step.name);
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

const numberOf = ({ name }: StepOutcome): number =>
  Number(/^step (\d+)$/.exec(name)?.[1] ?? Infinity);

const isOnce = ({ source }: Program, { name }: StepOutcome): boolean =>
  source.split('\n').some((line) => line.includes(`'${name}'`) && line.includes('runOnce'));

/** Number of the first step that changes what it does not say: by a command, or on the controller. */
function firstOpaque({ source }: Program): number {
  const opaque = source.split('\n').flatMap((line) => {
    const [, module = '', number] = /\b(\w+)\('step (\d+)'/.exec(line) ?? [];
    const here = line.includes(`on: 'localhost'`) || module === 'local' || module === 'fetch';
    if (number === undefined || !(here || (module === 'shell' && !line.includes('touches:'))))
      return [];
    return [Number(number) + 1];
  });
  if (/handler\((?:shell|local|fetch)\(/.test(source)) opaque.push(1);
  return Math.min(Infinity, ...opaque);
}
