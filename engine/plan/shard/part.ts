/** Which part of a run a host is in: by its inventory name alone, the same on every controller. */
import { createHash } from 'node:crypto';

/** One of several runs that share the hosts among them: `3/8`. */
export interface Part {
  /** From 1. */
  readonly part: number;
  /** How many there are. */
  readonly parts: number;
}

/** A part as people write it. */
export const partText = ({ part, parts }: Part): string => `${part}/${parts}`;

const wordOf64 = 2n ** 64n;
/** Of the generator in the paper below. */
const multiplier = 2862933555777941757n;

/**
 * The part of a host, from 1. A further host moves none of the others; a further part takes its
 * share of each of the others, and moves nothing between these.
 *
 * Jump consistent hashing (Lamping and Veach, 2014). Parts may run on different versions of this
 * program: what it answers for a name must never change.
 */
export function partOf(host: string, parts: number): number {
  let key = createHash('sha256').update(host).digest().readBigUInt64BE();
  let bucket = -1;
  for (let next = 0; next < parts;) {
    bucket = next;
    key = (key * multiplier + 1n) % wordOf64;
    next = Math.floor(((bucket + 1) * 2 ** 31) / (Number(key >> 33n) + 1));
  }
  return bucket + 1;
}
