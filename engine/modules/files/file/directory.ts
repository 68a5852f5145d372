/** Plan of `file` for folders, with every level above that is missing. */
import { StepError } from '../../../errors.ts';
import type { Alteration } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, same, unpredictable, type Difference, type Plan } from '../../../module/plan.ts';
import type { FileValue } from '../../../readers/files/file.ts';
import { tree } from '../../../readers/files/tree.ts';
import { ownership } from '../../shared/attributes.ts';
import type { FileNow, FileWant } from './arguments.ts';
import {
  fileResult,
  freshFile,
  predictFollowed,
  predictPath,
  type FileResult,
} from '../../shared/file-result.ts';
import { ownDifferences, predictOwn, setOwn } from './states.ts';
import { treeDifferences, setTree } from './tree.ts';
import { resolveMode } from '../../shared/mode.ts';
import { parentOf } from '../../shared/parent.ts';
import { followed } from '../../shared/place.ts';

/** Mode of a folder that is made on the way to the one that was asked for. */
const levelMode = '0755';

export function planDirectory(want: FileWant, is: FileNow, on: PlanContext): Plan<FileResult> {
  if (is.file === undefined) return planNew(want, is, on);
  if (is.file.type !== 'directory') {
    const what =
      is.file.type === 'link' ? `a link to ${is.file.target ?? '?'}` : `a ${is.file.type}`;
    throw new StepError(`${want.path} is ${what}, not a folder`);
  }
  return planThere(want, is.file, is);
}

function planThere(want: FileWant, now: FileValue, is: FileNow): Plan<FileResult> {
  const path = now.realPath ?? want.path;
  const own = ownDifferences(want, now);
  const below = want.recurse ? treeDifferences(want, is.tree) : [];
  if (own.length + below.length === 0) return same(fileResult(path, now));
  const after = predictOwn(want, now);
  return change({
    differences: [...own, ...below],
    alters: [
      ...followed(want.path, path),
      ...(below.length > 0 ? setTree(want, is.tree) : []),
      ...setOwn(path, want, now),
    ],
    after: [
      ...predictFollowed(want.path, path, after),
      ...(want.recurse ? [unpredictable(tree(want.path))] : []),
    ],
    invalidates: { paths: [want.path, ...(path === want.path ? [] : [path])] },
    result: fileResult(path, after),
  });
}

function planNew(want: FileWant, is: FileNow, on: PlanContext): Plan<FileResult> {
  const missing = missingLevels(want.path, is);
  const mode = want.mode === undefined ? levelMode : resolveMode(want.mode, levelMode, true);
  const { user } = on.facts;
  const level = freshFile({ type: 'directory', mode: levelMode, links: 2 }, user);
  const whole = predictOwn({ ...want, mode }, level);
  const made = missing.map((path): Difference => ({ what: path, from: 'absent', to: 'directory' }));
  const first = missing[0] ?? want.path;
  return change({
    differences: [...made, { what: 'state', from: 'absent', to: 'directory' }],
    alters: [
      ...missing.map((path) => ({ kind: 'folder', path, first: levelMode }) as const),
      ...makeLeaf(want, mode),
    ],
    after: [
      ...missing.flatMap((path) => predictPath(path, level)),
      ...predictPath(want.path, whole),
      ...(want.recurse ? [unpredictable(tree(want.path))] : []),
    ],
    invalidates: { paths: [first] },
    result: fileResult(want.path, whole),
  });
}

/** The folder itself is closed until it has its owner. */
function makeLeaf(want: FileWant, mode: string): readonly Alteration[] {
  const { path } = want;
  const owner = ownership(want);
  const owned = owner !== '';
  const stamps = { ...want, mode: undefined, owner: undefined, group: undefined };
  return [
    {
      kind: 'folder',
      path,
      first: owned ? '0700' : mode,
      ...(owned && { owner }),
      ...((owned || want.mode !== undefined) && { mode }),
    },
    ...setOwn(path, stamps, freshFile({ type: 'directory', mode }, { name: '', uid: -1 })),
  ];
}

/** Folders to make above the path, from the top. @throws StepError when one is something else */
function missingLevels(path: string, is: FileNow): string[] {
  const missing: string[] = [];
  for (let at = parentOf(path); at !== '/'; at = parentOf(at)) {
    const now = at === parentOf(path) ? is.parent : is[at as `/${string}`];
    if (now !== undefined && now.type !== 'directory') {
      throw new StepError(`cannot make ${path}: ${at} is a ${now.type}, not a folder`);
    }
    if (now !== undefined) break;
    missing.unshift(at);
  }
  return missing;
}
