/** `recurse` of `file`: mode, owner and group of everything below a folder. */
import { StepError } from '../../../errors.ts';
import type { Alteration, SetAllAttributes } from '../../../module/alteration.ts';
import type { Difference } from '../../../module/plan.ts';
import { cutByBytes } from '../../../readers/files/path-words.ts';
import { treeLimit, type TreeEntry, type TreeValue } from '../../../readers/files/tree.ts';
import {
  attributeDifferences,
  ownership,
  setAttributes,
  wantedMode,
} from '../../shared/attributes.ts';
import type { FileWant } from './arguments.ts';
import { parentOf } from '../../shared/parent.ts';

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

/** Sets all of it: the files of each folder together, then the folders, the deepest first. */
export function setTree(want: FileWant, is: TreeValue | undefined): readonly Alteration[] {
  const wrong = entriesOf(want, is).filter((entry) => attributeDifferences(want, entry).length > 0);
  const folders = wrong.filter(({ type }) => type === 'directory');
  // a folder that becomes closed must not hide what is below it
  const deepest = folders.toSorted((a, b) => (a.path < b.path ? 1 : -1));
  return [
    ...setFiles(
      want,
      wrong.filter(({ type }) => type !== 'directory'),
    ),
    ...deepest.map((entry) => setAttributes(entry.path, want, entry)),
  ];
}

/** Those of one folder that get the same, by many a command: first the owner, then the mode. */
function setFiles(want: FileWant, wrong: readonly TreeEntry[]): readonly SetAllAttributes[] {
  const owners = new Map<string, string[]>();
  const modes = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, key: string, name: string): void => {
    const names = to.get(key);
    if (names) names.push(name);
    else to.set(key, [name]);
  };
  for (const entry of wrong) {
    const folder = parentOf(entry.path);
    const name = entry.path.slice(folder === '/' ? 1 : folder.length + 1);
    if (attributeDifferences(want, entry).some((of) => of.what !== 'mode'))
      add(owners, `${folder}\0`, name);
    if (entry.type !== 'link') add(modes, `${folder}\0${wantedMode(want, entry)}`, name);
  }
  const alters = (owner?: string) => (group: readonly [string, readonly string[]]) => {
    const [folder = '', mode = ''] = group[0].split('\0');
    return cutByBytes(group[1], (name) => name).map((names): SetAllAttributes => ({
      kind: 'attributes of many',
      folder,
      names,
      ...(owner === undefined ? { mode } : { owner }),
    }));
  };
  return [...[...owners].flatMap(alters(ownership(want))), ...[...modes].flatMap(alters())];
}

function entriesOf(want: FileWant, is: TreeValue | undefined): readonly TreeEntry[] {
  if (is === undefined) return [];
  if (is.kind === 'tree') return is.entries;
  throw new StepError(
    `${want.path} is too large for recurse: its listing is longer than ${treeLimit} bytes`,
    { hint: 'use command with chown -R or chmod -R, guarded' },
  );
}
