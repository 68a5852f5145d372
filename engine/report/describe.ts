/** What a step did on a host, in words. */
import { cleanLine } from './clean.ts';
import type { Outcome } from './events.ts';
import { briefly } from './layout.ts';
import type { ShownDifference, ShownStepEnd } from './shown.ts';

/** The outcome as a person reads it: in check nothing has happened yet. */
export function outcomeWord(outcome: Outcome, check: boolean): string {
  return check && outcome === 'changed' ? 'would change' : outcome;
}

/** `mode 0644 -> 0600, /etc/hosts +2 -1` */
export function describeDifferences(differences: readonly ShownDifference[]): string {
  return differences.map(describeDifference).join(', ');
}

function describeDifference({ what, from, to, text, secret }: ShownDifference): string {
  if (text) {
    const name = what === 'content' ? text.path : what;
    const counts = [text.added && `+${text.added}`, text.removed && `-${text.removed}`];
    return [cleanLine(name), ...counts.filter(Boolean)].join(' ');
  }
  if (secret) return `${cleanLine(what)} (secret)`;
  return `${cleanLine(what)} ${briefly(from)} -> ${briefly(to)}`;
}

/** The rest of a host's line after the outcome. */
export function describeEnd(end: ShownStepEnd): string {
  const parts: string[] = [];
  if (end.failure && end.outcome !== 'skipped') parts.push(cleanLine(end.failure.message));
  else if (end.differences.length > 0) parts.push(describeDifferences(end.differences));
  if (end.because !== undefined) parts.push(cleanLine(end.because));
  if (end.ignored) parts.push('(ignored)');
  if (end.attempts > 1) parts.push(`(after ${end.attempts} attempts)`);
  if (end.on !== undefined) parts.push(`(on ${end.on})`);
  return parts.join(' ');
}
