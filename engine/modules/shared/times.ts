/** Time stamps of files, to the second. */
import type { SetTime } from '../../module/alteration.ts';
import type { Difference } from '../../module/plan.ts';
import type { FileValue } from '../../readers/files/file-value.ts';

/** @param modified seconds since 1970 */
export function modifiedDifference(modified: number | undefined, is: FileValue): Difference[] {
  if (modified === undefined || modified === is.modified) return [];
  return [{ what: 'modified', from: toIso(is.modified), to: toIso(modified) }];
}

/** @param modified seconds since 1970; undefined where it is as it comes */
export const setModified = (path: string, modified: number | undefined): readonly SetTime[] =>
  modified === undefined ? [] : [{ kind: 'time', path, which: 'modified', to: modified }];

export const toIso = (seconds: number): string => new Date(seconds * 1000).toISOString();
