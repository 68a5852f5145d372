import { describe, expect, it } from 'vitest';
import { Horizon } from '../../../engine/run/reads/horizon.ts';

/** Steps looked at by a host that has to look ahead anew at every so many steps of its list. */
function looksOf(steps: number, every: number): number {
  const horizon = new Horizon();
  let looks = 0;
  for (let index = 0; index < steps; index += every) {
    looks += Math.min(horizon.far(index), steps - index);
  }
  return looks;
}

describe('looking ahead', () => {
  it.each([1, 3, 50, 1000])('anew at every %i. step grows with the list', (every) => {
    const lavish = 5 * 2000;
    for (const steps of [1000, 2000, 5000, 10_000]) {
      expect(looksOf(steps, every)).toBeLessThanOrEqual(lavish + 66 * steps);
    }
  });

  it('goes over the whole of a usual list, a few times over', () => {
    const horizon = new Horizon();
    expect([0, 1, 2, 3, 4].map((index) => horizon.far(index))).toEqual(Array(5).fill(2000));
  });

  it('goes far again when a host has come far without it', () => {
    const horizon = new Horizon();
    for (const index of [0, 1, 2, 3, 4, 5]) horizon.far(index);
    expect(horizon.far(905)).toBe(1800);
  });
});
