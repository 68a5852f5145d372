/** Plans of `file` for things that are there, that go, and that are touched. */
import { StepError } from '../../../errors.ts';
import type { Alteration } from '../../../module/alteration.ts';
import { scriptOf } from '../../../module/compose/compose.ts';
import type { PlanContext } from '../../../module/module.ts';
import { action, change, predict, same, type Difference, type Plan } from '../../../module/plan.ts';
import { absent } from '../../../module/reader.ts';
import { file as fileRead, type FileValue } from '../../../readers/files/file.ts';
import { contentOf } from '../../../shell/content.ts';
import { attributeDifferences, predictAttributes, setAttributes } from '../../shared/attributes.ts';
import type { FileNow, FileWant } from './arguments.ts';
import {
  fileResult,
  predictFollowed,
  predictPath,
  type FileResult,
} from '../../shared/file-result.ts';
import { requireFolder } from '../../shared/parent.ts';
import { followed } from '../../shared/place.ts';
import { writeFile } from '../../shared/write-file.ts';

/** What of mode, owner, group and times differs. */
export function ownDifferences(want: FileWant, is: FileValue): Difference[] {
  const found = attributeDifferences(want, is);
  for (const what of ['modified', 'accessed'] as const) {
    const wanted = want[what];
    if (wanted !== undefined && seconds(wanted) !== is[what]) {
      found.push({ what, from: new Date(is[what] * 1000).toISOString(), to: wanted });
    }
  }
  return found;
}

/** Sets what `ownDifferences` found. */
export function setOwn(path: string, want: FileWant, is: FileValue): readonly Alteration[] {
  const alters: Alteration[] = [];
  if (attributeDifferences(want, is).length > 0) alters.push(setAttributes(path, want, is));
  for (const what of ['modified', 'accessed'] as const) {
    const wanted = want[what];
    if (wanted === undefined || seconds(wanted) === is[what]) continue;
    alters.push({ kind: 'time', path, which: what, to: seconds(wanted) });
  }
  return alters;
}

/** The attributes afterwards. */
export function predictOwn(want: FileWant, is: FileValue): FileValue {
  return {
    ...predictAttributes(want, is),
    ...(want.modified !== undefined && { modified: seconds(want.modified) }),
    ...(want.accessed !== undefined && { accessed: seconds(want.accessed) }),
  };
}

/** Seconds since 1970. */
const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** A change of mode, owner, group or times in place. */
export function planOwn(want: FileWant, is: FileValue): Plan<FileResult> {
  const path = is.realPath ?? want.path;
  const differences = ownDifferences(want, is);
  if (differences.length === 0) return same(fileResult(path, is));
  const after = predictOwn(want, is);
  return change({
    differences,
    alters: [...followed(want.path, path), ...setOwn(path, want, is)],
    after: predictFollowed(want.path, path, after),
    invalidates: { paths: [want.path, ...(path === want.path ? [] : [path])] },
    result: fileResult(path, after),
  });
}

export function planExisting(want: FileWant, is: FileNow): Plan<FileResult> {
  if (is.file === undefined) {
    throw new StepError(`${want.path} is not there`, {
      hint: "state 'file' sets attributes of a file that is there; copy makes files",
    });
  }
  if (is.file.type === 'directory') {
    throw new StepError(`${want.path} is a folder`, { hint: "use state: 'directory'" });
  }
  return planOwn(want, is.file);
}

export function planAbsent(want: FileWant, is: FileNow): Plan<FileResult> {
  const { path } = want;
  if (is.file === undefined) return same(fileResult(path, undefined));
  return change({
    differences: [{ what: 'state', from: is.file.type, to: 'absent' }],
    alters: [{ kind: 'remove', path, withAllBelow: true }],
    after: predictPath(path, undefined),
    invalidates: { paths: [path] },
    result: fileResult(path, undefined),
  });
}

/** An action: nothing says afterwards that it was done (rule 18, actions). */
export function planTouch(want: FileWant, is: FileNow, on: PlanContext): Plan<FileResult> {
  if (is.file === undefined) requireFolder(want.path, is.parent);
  const path = is.file?.realPath ?? want.path;
  const stamped = want.modified !== undefined || want.accessed !== undefined;
  const alters: readonly Alteration[] =
    is.file === undefined
      ? [writeFile({ ...want, content: contentOf(''), expect: 'absent' }, undefined)]
      : [
          ...followed(want.path, path),
          ...(stamped ? [] : [{ kind: 'time', path, which: 'both', to: 'now' } as const]),
          ...setOwn(path, want, is.file),
        ];
  return action({
    script: scriptOf({ alters }),
    result: () => fileResult(path, is.file),
    invalidates: { paths: [want.path, ...(path === want.path ? [] : [path])] },
    differences: [
      is.file === undefined
        ? { what: 'state', from: 'absent', to: 'file' }
        : { what: 'modified', from: new Date(is.file.modified * 1000).toISOString(), to: 'now' },
    ],
    until: {
      atMost: 0,
      reads: [fileRead({ path })],
      missing: ([answer]) =>
        answer === absent || answer?.answer === 'absent' ? `${path} is not there` : undefined,
    },
    guarded: true,
    after:
      is.file === undefined
        ? []
        : [
            predict(fileRead({ path }), {
              answer: 'value',
              value: { ...is.file, modified: on.facts.clock.host },
            }),
          ],
  });
}
