/**
 * What is done in place, in folders that others may own: never through a link that they can set.
 * The functions behind it are in `engine/shell/host/library-place.ts`.
 */
import type { FileType } from '../../readers/files/file-value.ts';
import { placeFunctionNames } from '../../shell/host/library-files.ts';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';

const using = (name: string, script: Script): Script =>
  contained(
    joinScripts([rawScript('', [...placeFunctionNames, name]), script, rawScript(' || exit')], ''),
  );

/** Modes as chmod takes them: five digits, because with four it keeps the set-id bits of a folder. */
const digits = (mode: string): string => (mode === '' ? '' : `0${mode}`);

export interface InPlace {
  /** What it was when it was read. */
  readonly type: FileType;
  /** A mode before the owner changes; empty: none. */
  readonly least: string;
  /** `owner:group`; empty: kept. */
  readonly owner: string;
  /** Empty: kept. */
  readonly mode: string;
}

export const setInPlace = (path: string, { type, least, owner, mode }: InPlace): Script =>
  using('play_set', sh`play_set ${path} ${type} ${digits(least)} ${owner} ${digits(mode)}`);

/** The same for many things in one folder; with a mode there must be no link among them. */
export const setAllInPlace = (
  folder: string,
  { owner, mode }: Pick<InPlace, 'owner' | 'mode'>,
  names: readonly string[],
): Script => using('play_set_all', sh`play_set_all ${folder} ${owner} ${digits(mode)} ${names}`);

/** @param of mode and owner where they are wanted; `first` is its mode until it has them */
export const makeFolderAt = (
  path: string,
  of: { readonly mode?: string; readonly owner?: string; readonly first: string },
): Script =>
  using(
    'play_folder',
    sh`play_folder ${path} ${digits(of.mode ?? '')} ${of.owner ?? ''} ${of.first}`,
  );

/** One file takes the place of another in the same folder, or of a link there. */
export const renameAt = (from: string, to: string): Script =>
  using('play_rename', sh`play_rename ${from} ${to}`);

/** Removes a file, a link or a whole folder. */
export const removeAt = (path: string): Script => using('play_remove', sh`play_remove ${path}`);

/** @param flags of touch; @param stamp `YYYYMMDDhhmm.SS` in UTC; empty: now */
export const stampAt = (path: string, flags: string, stamp: string): Script =>
  using('play_stamp', sh`play_stamp ${path} ${flags} ${stamp}`);

/** Fails unless the one path leads to the other, by links that others cannot set. */
export const followed = (asked: string, path: string): Script =>
  asked === path ? rawScript('') : using('play_follow', sh`play_follow ${asked} ${path}`);
