/** Several changes that are one step. */
import type { Change } from '../../module/plan.ts';
import { joinScripts, rawScript } from '../../shell/script.ts';

/** Everything of a change but what it returns. */
export type ChangePart = Pick<
  Change<unknown>,
  'differences' | 'script' | 'after' | 'invalidates' | 'notes'
>;

/** The parts in their order; the first whose script fails ends the step. */
export function combineChanges(parts: readonly ChangePart[]): ChangePart {
  const invalidates = parts.map((part) => part.invalidates ?? 'everything');
  const named = invalidates.filter((invalidated) => invalidated !== 'everything');
  const notes = parts.flatMap((part) => part.notes ?? []);
  return {
    differences: parts.flatMap((part) => part.differences),
    script: joinScripts(
      parts.flatMap((part, index) =>
        index === 0 ? [part.script] : [rawScript('[ "$?" = 0 ] || exit 1'), part.script],
      ),
    ),
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
