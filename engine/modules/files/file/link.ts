/** Plans of `file` for symbolic and hard links. */
import { StepError } from '../../../errors.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, type Plan } from '../../../module/plan.ts';
import type { FileValue } from '../../../readers/files/file.ts';
import type { FileNow, FileWant } from './arguments.ts';
import {
  fileResult,
  freshFile,
  predictLink,
  predictPath,
  type FileResult,
} from '../../shared/file-result.ts';
import { ownDifferences, planOwn, predictOwn, setOwn } from './states.ts';
import { requireFolder } from '../../shared/parent.ts';

export function planLink(want: FileWant, is: FileNow, on: PlanContext): Plan<FileResult> {
  const src = want.src ?? '';
  const hard = want.state === 'hard';
  if (hard && is.source !== undefined && isSame(is.source, is.file))
    return planOwn(want, is.source);
  if (!hard && is.file?.type === 'link' && is.file.target === src) return planOwn(want, is.file);
  if (is.source === undefined && (hard || !want.force)) {
    throw new StepError(`cannot link ${want.path} to ${src}: that is not there`, {
      hint: hard ? undefined : 'force: true makes a link that points to nothing',
    });
  }
  if (is.file === undefined) requireFolder(want.path, is.parent);
  if (is.file !== undefined && is.file.type !== 'link' && !want.force) {
    throw new StepError(`${want.path} is a ${is.file.type}`, {
      hint: 'force: true replaces a file or an empty folder by the link',
    });
  }
  const inside = is.inside?.kind === 'listing' ? is.inside.entries.length : 0;
  if (is.file?.type === 'directory' && inside > 0) {
    throw new StepError(`${want.path} is a folder that is not empty`, {
      hint: `remove it first: file('…', { path: '${want.path}', state: 'absent' })`,
    });
  }
  return makeLink(want, src, hard, is, on);
}

function makeLink(
  want: FileWant,
  src: string,
  hard: boolean,
  is: FileNow,
  on: PlanContext,
): Plan<FileResult> {
  const { path } = want;
  const fresh: FileValue =
    hard && is.source !== undefined
      ? { ...is.source, links: is.source.links + 1 }
      : freshFile({ type: 'link', mode: '0777', size: src.length, target: src }, on.facts.user);
  const own = ownDifferences(want, fresh);
  const after = predictOwn(want, fresh);
  const from = is.file?.type === 'link' ? (is.file.target ?? 'link') : (is.file?.type ?? 'absent');
  return change({
    differences: [{ what: hard ? 'hard link' : 'link', from, to: src }, ...own],
    alters: [{ kind: 'link', path, target: src, hard }, ...setOwn(path, want, fresh)],
    // what is found through a new link is another file's: only the link itself is certain
    after: hard ? predictPath(path, after) : predictLink(path, after),
    // Another name more changes the file itself.
    invalidates: { paths: hard ? [path, src] : [path] },
    result: fileResult(path, after),
  });
}

const isSame = (source: FileValue, is: FileValue | undefined): boolean =>
  is !== undefined && source.inode === is.inode && source.device === is.device;
