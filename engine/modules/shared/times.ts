/** Time stamps of files, to the second. */
import type { Difference } from '../../module/plan.ts';
import type { FileValue } from '../../readers/files/file-value.ts';
import type { Script } from '../../shell/script.ts';
import { stampAt } from './place.ts';

/** @param modified seconds since 1970 */
export function modifiedDifference(modified: number | undefined, is: FileValue): Difference[] {
  if (modified === undefined || modified === is.modified) return [];
  return [{ what: 'modified', from: toIso(is.modified), to: toIso(modified) }];
}

/** Sets the modification time, of a link itself where it is one. */
export const setModified = (path: string, modified: number): Script =>
  setTime(path, modified, '-m');

/** @param flag of touch: which of the times */
export const setTime = (path: string, seconds: number, flag: '-a' | '-m'): Script =>
  stampAt(path, flag, touchStamp(seconds));

export const toIso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** `YYYYMMDDhhmm.SS` in UTC, which every touch understands. */
const touchStamp = (seconds: number): string =>
  toIso(seconds).slice(0, 19).replaceAll(/[-:T]/g, '').replace(/(..)$/, '.$1');
