/** Several changes that are one step. */
import type { Change } from '../../module/plan.ts';
import { joinScripts, rawScript } from '../../shell/script.ts';

/** Everything of a change but what it returns. */
export type ChangePart = Pick<
  Change<unknown>,
  'differences' | 'script' | 'after' | 'touches' | 'notes'
>;

/** The parts in their order; the first whose script fails ends the step. */
export function combineChanges(parts: readonly ChangePart[]): ChangePart {
  const touches = parts.map((part) => part.touches ?? 'everything');
  const named = touches.filter((touched) => touched !== 'everything');
  const notes = parts.flatMap((part) => part.notes ?? []);
  return {
    differences: parts.flatMap((part) => part.differences),
    script: joinScripts(
      parts.flatMap((part, index) =>
        index === 0 ? [part.script] : [rawScript('[ "$?" = 0 ] || exit 1'), part.script],
      ),
    ),
    after: parts.flatMap((part) => part.after),
    touches:
      named.length < touches.length
        ? 'everything'
        : {
            paths: named.flatMap((touched) => touched.paths ?? []),
            readers: named.flatMap((touched) => touched.readers ?? []),
            reads: named.flatMap((touched) => touched.reads ?? []),
          },
    ...(notes.length > 0 && { notes }),
  };
}
