/** Handlers, on the host that notifies them or elsewhere. */
import fc from 'fast-check';
import { deedsOnHost } from './deeds.ts';
import type { Places } from './pieces.ts';
import { servedOnSystem } from './system-deeds.ts';
import { often } from './odds.ts';
import { inRoot, quoted } from './source.ts';

export interface HandlerPiece {
  readonly constant: string;
  readonly text: string;
  /** Where it works on another host: the one that may notify it, or who is first is left to chance. */
  readonly by: string | undefined;
}

/**
 * A handler's step; on another host it works in that host's root.
 * @param least how many there are at least
 */
export function handlerPieces(
  { hosts, across, systems, file }: Omit<Places, 'handlers'>,
  least = 0,
): fc.Arbitrary<readonly HandlerPiece[]> {
  const deeds = deedsOnHost(file);
  const to = across ? often(fc.constantFrom(...hosts)) : fc.constant(undefined);
  return fc
    .array(
      fc.tuple(systems ? fc.oneof(deeds, servedOnSystem) : deeds, to, fc.constantFrom(...hosts)),
      { minLength: least, maxLength: 2 },
    )
    .map((list) =>
      list.map(([make, there, by], index) => {
        const { module, args } = make((path) => inRoot(path, there));
        const where = there === undefined ? '' : `, { on: ${quoted(there)} }`;
        const constant = `h${index + 1}`;
        return {
          constant,
          text: `const ${constant} = handler(${module}('handler ${index + 1}', ${args}${where}));`,
          by: there === undefined ? undefined : by,
        };
      }),
    );
}
