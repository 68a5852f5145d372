/** `recurse` of `file`: mode, owner and group of everything below a folder. */
import { StepError } from '../errors.ts';
import type { Difference } from '../module/plan.ts';
import { cutByBytes } from '../readers/path-words.ts';
import { treeLimit, type TreeEntry, type TreeValue } from '../readers/tree.ts';
import { joinScripts, sh, type Script } from '../shell/script.ts';
import { attempt } from './attempt.ts';
import { attributeDifferences, ownership, wantedMode } from './attributes.ts';
import type { FileWant } from './file.ts';

/** One line for each kind of difference, with how many things have it. */
export function treeDifferences(want: FileWant, is: TreeValue | undefined): Difference[] {
  const counts = new Map<string, { first: string; difference: Difference; count: number }>();
  for (const entry of entriesOf(want, is)) {
    for (const difference of attributeDifferences(want, entry)) {
      const key = JSON.stringify([difference.what, difference.from, difference.to]);
      const seen = counts.get(key);
      if (seen) seen.count += 1;
      else counts.set(key, { first: entry.path, difference, count: 1 });
    }
  }
  return [...counts.values()].map(({ first, difference, count }) => ({
    ...difference,
    what: `${difference.what} of ${first}${count > 1 ? ` and ${count - 1} more` : ''}`,
  }));
}

/** Sets all of it, many paths a command. */
export function setTree(want: FileWant, is: TreeValue | undefined): Script {
  const wrong = entriesOf(want, is).filter((entry) => attributeDifferences(want, entry).length > 0);
  const owner = ownership(want);
  const scripts: Script[] = [];
  const modes = new Map<string, string[]>();
  const owned: string[] = [];
  for (const entry of wrong) {
    if (attributeDifferences(want, entry).some((of) => of.what !== 'mode')) owned.push(entry.path);
    if (entry.type === 'link') continue;
    const mode = wantedMode(want, entry);
    modes.set(mode, [...(modes.get(mode) ?? []), entry.path]);
  }
  for (const run of cutByBytes(owned, (path) => path)) {
    scripts.push(attempt(`give ${owner}`, want.path, sh`chown -h -- ${owner} ${run}`));
  }
  // the deepest first: a folder that becomes closed must not hide what is below it
  for (const [mode, paths] of modes) {
    for (const run of cutByBytes(paths.toReversed(), (path) => path)) {
      scripts.push(attempt(`set mode ${mode} below`, want.path, sh`chmod -- ${`0${mode}`} ${run}`));
    }
  }
  return joinScripts(scripts);
}

function entriesOf(want: FileWant, is: TreeValue | undefined): readonly TreeEntry[] {
  if (is === undefined) return [];
  if (is.kind === 'tree') return is.entries;
  throw new StepError(
    `${want.path} holds too much for recurse: its listing is longer than ${treeLimit} bytes`,
    { hint: 'use command with chown -R or chmod -R, guarded' },
  );
}
