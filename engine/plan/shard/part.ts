/** Which part of a run a host is in: by the names of the inventory alone, on every controller. */
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

interface Placed {
  readonly host: string;
  /** How much a part is liked; both sides go by it. */
  readonly weights: readonly number[];
  /** Parts that it likes best come first. */
  readonly wishes: readonly number[];
}

/**
 * The part of each host, from 1. No part has more than its share, rounded up; within that each host
 * is in the part that a digest of its name likes best, so that a further host moves few others, and
 * a further part takes its share of each. The order of the names means nothing.
 *
 * Rendezvous hashing under a bound, which deferred acceptance (Gale and Shapley, 1962) settles.
 * Parts may run on different versions of this program: what it answers must never change.
 */
export function partsOfHosts(hosts: readonly string[], parts: number): ReadonlyMap<string, number> {
  const most = Math.ceil(hosts.length / parts);
  const taken = Array.from({ length: parts }, (): Placed[] => []);
  const waiting = hosts.map((host) => ({ placed: placedOf(host, parts), next: 0 }));
  const at = new Map(waiting.map((each) => [each.placed, each]));
  for (let each = waiting.pop(); each; each = waiting.pop()) {
    const { placed } = each;
    const part = placed.wishes[each.next] ?? 0;
    each.next += 1;
    const there = taken[part] ?? [];
    there.splice(placeIn(there, placed, part), 0, placed);
    const left = there.length > most ? there.pop() : undefined;
    const again = left && at.get(left);
    if (again) waiting.push(again);
  }
  return new Map(taken.flatMap((of, part) => of.map(({ host }) => [host, part + 1] as const)));
}

function placedOf(host: string, parts: number): Placed {
  const digest = createHash('sha256').update(host).digest();
  const [one, other] = [digest.readUInt32BE(0), digest.readUInt32BE(4)];
  const weights = Array.from({ length: parts }, (_, part) => mixed(other, mixed(one, part + 1)));
  const wishes = [...weights.keys()].toSorted((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
  return { host, weights, wishes };
}

/** The finalizer of MurmurHash3, of a number and another one. */
function mixed(seed: number, value: number): number {
  let hash = seed ^ Math.imul(value, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Where it stands among those of a part, whom the part likes best first. */
function placeIn(there: readonly Placed[], placed: Placed, part: number): number {
  let low = 0;
  for (let high = there.length; low < high;) {
    const middle = (low + high) >> 1;
    const other = there[middle];
    if (other && isBefore(other, placed, part)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(one: Placed, other: Placed, part: number): boolean {
  const [a = 0, b = 0] = [one.weights[part], other.weights[part]];
  return a === b ? one.host < other.host : a > b;
}
