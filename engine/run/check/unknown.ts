/** Check: a step with an unknown read is unknown, and so is what it may change (rule 21, check). */
import type { Reads } from '../../module/module.ts';
import type { Read } from '../../module/reader.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { ownReads } from '../step/prepare.ts';
import { absolutePathsIn, filesWritten, foresee, foreseeFiles } from './foresee.ts';

/**
 * Ends the step as unknown.
 * @param because what the unknown read depends on, or what may bring what the step lacks
 */
export function unknownAttempt(
  target: Target,
  { user, reads }: { readonly user: string; readonly reads: Reads },
  because: string,
): { readonly ended: Attempt } {
  const { link, node, prepared } = target;
  const { module } = node.task;
  const all = ownReads(reads);
  const isKnown = (read: Read<unknown>): boolean => link.state.get(user, read)?.answer === 'value';
  const open = all.filter((read) => !isKnown(read));
  // Where all is known, a planned step may still bring what this one lacks.
  const unknown = open.length > 0 ? open : all;
  const about = all.filter(
    (read) => open.includes(read) || !unknown.some((below) => isAbove(read, below)),
  );
  const after = about.map((read) => ({ read, answer: { answer: 'unknown' as const } }));
  const may = module.mayInvalidate?.(prepared.want);
  const acts = module.kind === 'action';
  const step = { ...target, because };
  foresee(step, { user, after, invalidates: may, acts });
  if (module.onlyAsks === true) return { ended: { outcome: 'unknown', because } };
  foreseeFiles(step, filesWritten(step, prepared.args, may));
  // Of a file there are more answers than this step has read.
  const read = new Set(about.flatMap(pathsOf));
  const paths = acts ? [] : absolutePathsIn(prepared.args).filter((path) => read.has(path));
  foresee(step, { user, after: [], invalidates: { paths }, acts: true });
  return { ended: { outcome: 'unknown', because } };
}

const pathsOf = ({ reader, key }: Read<unknown>): readonly string[] =>
  reader.dependsOn?.(key) ?? [];

/** The folder of what is unknown is what it was: a step that reads both is about what is in it. */
function isAbove(folder: Read<unknown>, inside: Read<unknown>): boolean {
  if (folder.reader.name !== inside.reader.name) return false;
  const [path] = pathsOf(folder);
  const [within] = pathsOf(inside);
  if (path === undefined || within === undefined) return false;
  return within.startsWith(path.endsWith('/') ? path : `${path}/`);
}
