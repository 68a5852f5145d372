/** Check: a step with an unknown read is unknown, and so is what it may change (rule 21, check). */
import type { Reads } from '../../module/module.ts';
import type { Read } from '../../module/reader.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { ownReads } from '../step/prepare.ts';

/**
 * Ends the step as unknown.
 * @param because what the unknown read depends on
 */
export function unknownAttempt(
  { link, node, prepared }: Target,
  { user, reads }: { readonly user: string; readonly reads: Reads },
  because: string,
): { readonly ended: Attempt } {
  const all = ownReads(reads);
  const isKnown = (read: Read<unknown>): boolean => link.state.get(user, read)?.answer === 'value';
  const unknown = all.filter((read) => !isKnown(read));
  const predictions = all
    .filter((read) => !isKnown(read) || !unknown.some((below) => isAbove(read, below)))
    .map((read) => ({ read, answer: { answer: 'unknown' as const } }));
  const { module } = node.task;
  const acts = module.kind === 'action';
  link.state.predict(user, predictions, module.mayInvalidate?.(prepared.want), { because, acts });
  return { ended: { outcome: 'unknown', because } };
}

/** The folder of what is unknown is what it was: a step that reads both is about what is in it. */
function isAbove(folder: Read<unknown>, inside: Read<unknown>): boolean {
  if (folder.reader.name !== inside.reader.name) return false;
  const [path] = folder.reader.dependsOn?.(folder.key) ?? [];
  const [within] = inside.reader.dependsOn?.(inside.key) ?? [];
  if (path === undefined || within === undefined) return false;
  return within.startsWith(path.endsWith('/') ? path : `${path}/`);
}
