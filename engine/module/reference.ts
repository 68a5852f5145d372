/** What a step names without changing it: an account, a group, a number that must be free. */
import { StepError } from '../errors.ts';
import type { Read } from './reader.ts';

export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

export interface Reference {
  readonly read: Read<unknown>;
  /** Why nothing can be done with this value (undefined: absent); undefined where it can. */
  readonly refusal: (value: unknown) => Refusal | undefined;
}

export type References = Readonly<Record<string, Reference>>;

/** @param refusal says why a step cannot be done where the thing is like that */
export const reference = <V>(
  read: Read<V>,
  refusal: (value: V | undefined) => Refusal | undefined,
): Reference => ({ read, refusal: (value) => refusal(value as V | undefined) });

/** @throws StepError for the first that stands against the step */
export function requireReferences(
  references: References,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [name, { refusal }] of Object.entries(references)) {
    const refused = refusal(values[name]);
    if (refused) throw new StepError(refused.message, { hint: refused.hint });
  }
}
