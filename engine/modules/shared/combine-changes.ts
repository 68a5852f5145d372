/** Several changes that are one step. */
import { alterationsOf, type Alteration, type HowChanged } from '../../module/alteration.ts';
import type { Change } from '../../module/plan.ts';

/** Everything of a change but what it returns. */
export type ChangePart = Pick<Change<unknown>, 'differences' | 'after' | 'invalidates' | 'notes'> &
  HowChanged;

/** The parts in their order; the first that fails ends the step. */
export function combineChanges(
  parts: readonly ChangePart[],
): ChangePart & { readonly alters: readonly Alteration[] } {
  const invalidates = parts.map((part) => part.invalidates ?? 'everything');
  const named = invalidates.filter((invalidated) => invalidated !== 'everything');
  const notes = parts.flatMap((part) => part.notes ?? []);
  return {
    differences: parts.flatMap((part) => part.differences),
    alters: parts.flatMap((part) => alterationsOf(part)),
    after: parts.flatMap((part) => part.after),
    invalidates:
      named.length < invalidates.length
        ? 'everything'
        : {
            paths: named.flatMap((invalidated) => invalidated.paths ?? []),
            readers: named.flatMap((invalidated) => invalidated.readers ?? []),
            reads: named.flatMap((invalidated) => invalidated.reads ?? []),
          },
    ...(notes.length > 0 && { notes }),
  };
}
