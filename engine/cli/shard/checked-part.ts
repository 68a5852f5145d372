/** A part that there is: `3/8` from 1 on. */
import { UsageError } from '../../errors.ts';
import type { Part } from '../../plan/shard/part.ts';

/** More parts than anybody has machines for them are a mistake in typing. */
const mostParts = 1000;

/** @param said where the numbers come from @throws UsageError for a part that there is not */
export function checkedPart(given: Part, said: string): Part {
  const { part, parts } = given;
  if (parts < 1 || parts > mostParts) {
    throw new UsageError(`${said}: there can be 1 to ${mostParts} parts`);
  }
  if (part >= 1 && part <= parts) return given;
  throw new UsageError(`${said}: there is no part ${part} of ${parts}`, {
    hint: `parts count from 1: 1/${parts} to ${parts}/${parts}`,
  });
}
