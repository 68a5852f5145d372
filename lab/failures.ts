/** Failures of work that was done for many hosts at once. */
import { ManyErrors, PlayError } from '../engine/errors.ts';

/** Throws what went wrong, after every host was dealt with. */
export function refuseFailures(settled: readonly PromiseSettledResult<void>[]): void {
  const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const errors = reasons.map((reason) =>
    reason instanceof PlayError ? reason : new PlayError(String(reason), { cause: reason }),
  );
  const [only] = errors;
  if (only) throw errors.length === 1 ? only : new ManyErrors(errors);
}
