/** Waiting for the step's turn: what was prepared and read before has to hold then, too. */
import type { Reads } from '../../module/module.ts';
import type { Plan } from '../../module/plan.ts';
import { isChecked } from '../check/checking.ts';
import { unlessInterrupted } from '../pause.ts';
import { ask, type Asked } from '../reads/ask.ts';
import { waiting } from '../reads/barrier.ts';
import type { Moment } from '../state/clock.ts';
import type { Attempt } from './attempt-result.ts';
import { evaluateWhen } from './prepare.ts';
import type { Target, Turn } from './target.ts';

/** What an attempt has got hold of. */
export interface Claim {
  /** When its turn came: what was prepared or asked from then on holds for it. */
  since?: Moment;
  /** It is inside its throttle. */
  throttled?: boolean;
}

/** What a step read, and what its module makes of it. */
export interface Planned {
  readonly asked: Asked;
  readonly plan: Plan<unknown>;
}

/** What is to be done anew, since what was known before the turn does not hold at it. */
export type Anew = 'read again' | 'prepare again';

/**
 * Waits for the turn of a step that has something to do, or that read what hosts share.
 * @returns `holds`: the plan may be carried out; else what is to be done anew, or the end
 * @throws EarlyEnd
 */
export async function waitForTurn(
  target: Target,
  { asked, plan }: Planned,
  turn: Turn,
  claim: Claim,
): Promise<'holds' | Anew | { readonly ended: Attempt }> {
  const { host, node, prepared, link } = target;
  const { options, clock } = host.batch.environment;
  if (!needsTurn(plan, asked.reads)) return 'holds';
  await waiting(link, clock, () => host.turn(turn.position));
  claim.since ??= clock.now;
  if (prepared.files !== undefined && prepared.files < claim.since.files) return 'prepare again';
  if (isStale(target, asked, claim.since)) return 'read again';
  // What other hosts did meanwhile may have decided the condition anew, or made it unknown.
  const when = evaluateWhen(node, host.view(false));
  if ('value' in when && !when.value) return 'prepare again';
  if (!isChecked(node, options)) return 'holds';
  const again = await unlessInterrupted(ask(target, { since: claim.since }), host.signal);
  if ('ended' in again) return again;
  return isSame(again, asked) ? 'holds' : 'read again';
}

function needsTurn(plan: Plan<unknown>, reads: Reads): boolean {
  if (plan.plan !== 'same') return true;
  return Object.values(reads).some((read) => read.reader.scope === 'shared');
}

function isSame(again: Asked, asked: Asked): boolean {
  const isEqual = (field: 'values' | 'references'): boolean =>
    Object.entries(again[field]).every(([name, value]) => value === asked[field][name]);
  return isEqual('values') && isEqual('references');
}

/** @param since when the step's turn came */
export function isStale(
  { link }: Target,
  { reads, user }: Asked,
  since: Moment | undefined,
): boolean {
  return Object.values(reads).some((read) => !link.state.get(user, read, since));
}
