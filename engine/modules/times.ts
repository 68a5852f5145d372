/** Time stamps of files, to the second. */
import type { Difference } from '../module/plan.ts';
import type { FileValue } from '../readers/file-value.ts';
import { sh, type Script } from '../shell/script.ts';
import { attempt } from './attempt.ts';

/** @param modified seconds since 1970 */
export function modifiedDifference(modified: number | undefined, is: FileValue): Difference[] {
  if (modified === undefined || modified === is.modified) return [];
  return [{ what: 'modified', from: toIso(is.modified), to: toIso(modified) }];
}

/** Sets the modification time. */
export const setModified = (path: string, modified: number): Script =>
  setTime(path, modified, ['-m']);

/** @param flags of touch: which of the times, and of a link itself */
export const setTime = (path: string, seconds: number, flags: readonly string[]): Script =>
  attempt(
    'set the time of',
    path,
    sh`env TZ=UTC0 touch -c ${flags} -t ${touchStamp(seconds)} -- ${path}`,
  );

export const toIso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** `YYYYMMDDhhmm.SS` in UTC, which every touch understands. */
const touchStamp = (seconds: number): string =>
  toIso(seconds).slice(0, 19).replaceAll(/[-:T]/g, '').replace(/(..)$/, '.$1');
