/** Names of files in a root, and which of them a program is about: few, so that its steps meet. */
import fc from 'fast-check';

export type Name = fc.Arbitrary<string>;

/** What are, or may become, names of one file (see `fresh-roots.ts`). */
const families = [
  ['f', 'link-f', 'hard-f'],
  ['real/x', 'current/x', 'other/x', 'real//x'],
  ['real/new', 'current/new', 'made/new'],
  ['far', 'current/to', 'theirs/x', 'real/x'],
  ['f', 'g'],
  ['theirs/x', 'theirs/new'],
] as const;

/** What a script may say besides, and a module refuses. */
export const roundabout = fc.constantFrom('real/../f', 'current/../g');

export const someNames: fc.Arbitrary<Name> = fc
  .oneof(
    { weight: 3, arbitrary: fc.subarray([...families], { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.subarray([...families], { minLength: 2, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant([...families]) },
  )
  .map((chosen) => fc.constantFrom(...chosen.flat()));
