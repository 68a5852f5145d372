/** What stands against apt's plan, in our words, and whether newer package lists may help. */
import { StepError } from '../../../errors.ts';
import type { AptLists, AptSimulation } from '../../../readers/packages/apt.ts';

/** Seconds: lists that were fetched so lately have what there is. */
const fresh = 3600;

/**
 * The run fetches the lists and tries again before it gives up.
 * @returns why nobody can tell yet; undefined where apt can do it
 * @throws StepError where apt has the last word
 */
export function uncertaintyOf(
  simulations: readonly AptSimulation[],
  lists: AptLists | undefined,
): string | undefined {
  const problem = simulations.find((one) => one.problem !== undefined)?.problem;
  if (problem === undefined) return undefined;
  const { message, hint } = explained(problem);
  if (lists === undefined || !lists.present) {
    return 'the host has no package lists yet, which the run fetches';
  }
  if (lists.age < fresh) throw new StepError(message, { hint });
  return `with package lists that are ${ageOf(lists.age)} old, ${message}; the run fetches new ones`;
}

function explained(problem: string): { readonly message: string; readonly hint: string } {
  const name = /Unable to locate package (\S+?)(?:;|$)/.exec(problem)?.[1];
  if (name !== undefined) {
    return {
      message: `apt knows no package ${name}`,
      hint: 'check the name, or first add the repository that has it: aptRepository(…)',
    };
  }
  const none = /Package '?(\S+?)'? has no installation candidate/.exec(problem)?.[1];
  if (none !== undefined) {
    return {
      message: `no repository of this host offers ${none}`,
      hint: 'name the package that replaces it, or first add its repository: aptRepository(…)',
    };
  }
  const version = /Version '([^']*)' for '([^']*)' was not found/.exec(problem);
  if (version) {
    const [, wanted = '', of = ''] = version;
    return {
      message: `no repository of this host has ${of} ${wanted}`,
      hint: `\`apt-cache policy ${of}\` on the host lists the versions`,
    };
  }
  return { message: `apt cannot do it: ${problem}`, hint: 'ask apt-get -s on the host for more' };
}

function ageOf(seconds: number): string {
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
