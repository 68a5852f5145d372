/** A group of files and folders as one script: prepared together, done in their order. */
import { aheadFunctions } from '../../shell/host/library-ahead.ts';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';
import type { Write } from '../alteration.ts';
import { foldersOnTheWay, isPreparable, type Member, type Placed } from './groups.ts';
import {
  attributeWords,
  bytesOf,
  folderWords,
  linkWords,
  putWords,
  removeWords,
  scriptOfOne,
} from './one.ts';

/**
 * The parts of the script, one for each member.
 * @param members of a group that is worth it
 * @param first number of its first file: no two files of a script have the same
 * @returns for each member what is run at its turn; its exit code is the member's
 */
export function togetherScripts(
  members: readonly Placed<Member>[],
  first: number,
): { readonly before: Script; readonly turns: readonly Script[] } {
  const files = new Map<number, Write>();
  members.forEach(({ alteration }, index) => {
    if (isPreparable(alteration)) files.set(index, alteration);
  });
  const number = (index: number): number => first + index;
  const before = joinScripts([
    rawScript('play_together', aheadFunctions),
    ...[...files].map(([index, file]) => definitions(number(index), file)),
    sh`play_survey ${[...foldersOnTheWay(members)]}`,
  ]);
  const batches = batchesOf(members, files);
  const turns = members.map(({ alteration }, index) => {
    const batch = batches.get(index);
    const ahead = batch === undefined ? [] : [contained(sh`play_prepare ${batch.map(number)}`)];
    return joinScripts([...ahead, turn(alteration, files.has(index) ? number(index) : undefined)]);
  });
  return { before: contained(before), turns };
}

/** `play_bytes_N` prints the content; `play_words_N` calls what it is given with its arguments. */
function definitions(number: number, file: Write): Script {
  return sh`play_bytes_${number}() { ${bytesOf(file)}; }
play_words_${number}() { "$@" ${putWords(file, 'i')}; }`;
}

function turn(alteration: Member, number: number | undefined): Script {
  if (number !== undefined) {
    const commit = sh`play_commit ${number}`;
    // What validates is the user's: it may leave something running.
    return alteration.kind === 'write' && alteration.validate !== undefined
      ? commit
      : contained(commit);
  }
  switch (alteration.kind) {
    case 'folder':
      return contained(sh`play_mkdir ${folderWords(alteration)}`);
    case 'link':
      return contained(sh`play_near play_relink play_link ${linkWords(alteration)}`);
    case 'remove':
      return contained(sh`play_near play_unlink play_remove ${removeWords(alteration)}`);
    case 'attributes':
      return contained(sh`play_near play_retouch play_set ${attributeWords(alteration)}`);
    case 'write':
    case 'time':
    case 'leads to':
      return scriptOfOne(alteration);
  }
}

/**
 * Which files are prepared before which member: before the first that is not prepared yet, all
 * that follow it, but those below a folder that is only made later.
 * @returns indices of files by the index of the member before which they are prepared
 */
function batchesOf(
  members: readonly Placed<Member>[],
  files: ReadonlyMap<number, Write>,
): ReadonlyMap<number, readonly number[]> {
  const madeAt = new Map<string, number>();
  members.forEach(({ alteration }, index) => {
    if (alteration.kind === 'folder') madeAt.set(alteration.path, index);
  });
  const batches = new Map<number, number[]>();
  let begun = -1;
  for (const [index, { path }] of files) {
    const above = madeAbove(path, madeAt);
    // The batch begins with a file that stands behind the folder, or this one begins another.
    if (begun < 0 || above > begun) begun = index;
    const batch = batches.get(begun) ?? [];
    batch.push(index);
    batches.set(begun, batch);
  }
  return batches;
}

/** When the last folder on the way to the path is made; -1 where all are there. */
function madeAbove(path: string, madeAt: ReadonlyMap<string, number>): number {
  let last = -1;
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    last = Math.max(last, madeAt.get(path.slice(0, at)) ?? -1);
  }
  return last;
}
