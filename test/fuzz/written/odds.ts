/** How often something is there; without it first, so that programs shrink to plain ones. */
import fc from 'fast-check';

/** `undefined` first: programs shrink to steps without options. */
export const oneIn = <T>(count: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: count - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

export const often = <T>(arbitrary: fc.Arbitrary<T>) => oneIn(3, arbitrary);

export const seldom = <T>(arbitrary: fc.Arbitrary<T>) => oneIn(6, arbitrary);

export const rarely = <T>(arbitrary: fc.Arbitrary<T>) => oneIn(14, arbitrary);
