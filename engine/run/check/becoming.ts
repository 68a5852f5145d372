/** Check: a step that becomes a user whom, or whose rights, only an earlier step makes is unknown. */
import { BecomeError, StepError } from '../../errors.ts';
import { becoming } from '../../module/becoming.ts';
import { isChecked } from './checking.ts';
import type { Target } from '../step/target.ts';

/**
 * @returns the planned step that may let us become the step's user
 * @throws StepError for a user whom a planned step removes
 */
export function plannedBecoming({ host, node, link, become }: Target): string | undefined {
  if (!become || !isChecked(node, host.batch.environment.options)) return undefined;
  const read = becoming(become.user);
  const because = link.state.plannedFor('', [read]);
  if (because !== undefined && link.state.get('', read)?.answer === 'absent') {
    throw new StepError(`there is no user ${become.user} any more: ${because} removes it`, {
      hint: 'do this step before that one, or as another user',
    });
  }
  return because;
}

/**
 * Asks as the step's user.
 * @returns whether the host let us become that user
 * @param planned the planned step that may let us; without one a refusal fails the step
 */
export async function couldAsk(
  { link, become }: Target,
  planned: string | undefined,
  asking: () => Promise<void>,
): Promise<boolean> {
  if (planned === undefined || !become) {
    await asking();
    return true;
  }
  if (link.barred.has(become.user)) return false;
  try {
    await asking();
    return true;
  } catch (error) {
    if (!(error instanceof BecomeError)) throw error;
    link.barred.add(become.user);
    return false;
  }
}
