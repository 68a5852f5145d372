/** Module `file`: what a path is, its mode, owner and times; its content is left alone. */
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import type { Known, PlanContext } from '../../../module/module.ts';
import type { Plan } from '../../../module/plan.ts';
import type { Answer, Read } from '../../../module/reader.ts';
import { file as fileRead, type FileValue } from '../../../readers/files/file.ts';
import { listing } from '../../../readers/files/listing.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { tree } from '../../../readers/files/tree.ts';
import { accountsOf, withAccounts } from '../../shared/account-references.ts';
import { planDirectory } from './directory.ts';
import { planLink } from './link.ts';
import { planAbsent, planExisting, planTouch } from './states.ts';
import { fileReturns, type FileResult } from '../../shared/file-result.ts';
import { parentOf } from '../../shared/parent.ts';
import { args, type FileWant, type FileReads, type FileNow } from './arguments.ts';

export const file = defineModule({
  name: 'file',
  summary: 'Creates folders and links, removes files, sets mode, owner and times.',
  args,
  example: `file('data folder', { path: '/var/lib/app', state: 'directory', owner: 'app', mode: '0750' })`,
  returns: fileReturns,
  needsCondition: (want) => want.state === 'touch',
  mistakes,
  refers: (want) => (want.state === 'absent' ? {} : accountsOf(want)),
  named: withAccounts,
  reads,
  plan,
});

function mistakes(want: FileWant): string[] {
  const found: string[] = [];
  const links = want.state === 'link' || want.state === 'hard';
  if (links && want.src === undefined) found.push(`state ${want.state} needs src`);
  if (!links && want.src !== undefined) found.push(`src has no meaning with state ${want.state}`);
  if (want.state === 'hard' && want.src?.startsWith('/') === false) {
    found.push('src of a hard link must be an absolute path');
  }
  if (want.recurse && want.state !== 'directory') found.push('recurse needs state directory');
  if (want.state === 'absent' && systemFolder.test(plainPath(want.path))) {
    found.push(`${want.path} is a folder of the system: it is not removed`);
  }
  return found;
}

const systemFolder =
  /^\/(|bin|boot|dev|etc|home|lib|lib32|lib64|proc|root|run|sbin|srv|sys|tmp|usr|var|usr\/(bin|lib|sbin|share)|var\/(lib|log))$/;

function reads(want: FileWant, known: Known): FileReads {
  const path = plainPath(want.path);
  const follow = want.follow && want.state !== 'absent' && want.state !== 'link';
  const file = fileRead({ path, follow });
  const parent = fileRead({ path: parentOf(path), follow: true });
  const missing = want.state === 'directory' && known.get(parent)?.answer === 'absent';
  return {
    file,
    parent,
    ...(missing && levels(path)),
    ...(want.src !== undefined && {
      source: fileRead({ path: sourceOf(path, want.src), follow: true }),
    }),
    ...(want.recurse && { tree: tree(path) }),
    ...(replacesFolder(want, known.get(file)) && { inside: listing({ path, depth: 1 }) }),
  };
}

const replacesFolder = (want: FileWant, is: Answer<FileValue> | undefined): boolean =>
  want.src !== undefined && want.force && is?.answer === 'value' && is.value.type === 'directory';

/** Every folder above the parent. */
function levels(path: string): Readonly<Record<`/${string}`, Read<FileValue>>> {
  const found: Record<`/${string}`, Read<FileValue>> = {};
  for (let at = parentOf(parentOf(path)); at !== '/'; at = parentOf(at)) {
    found[at as `/${string}`] = fileRead({ path: at, follow: true });
  }
  return found;
}

/** What a link's text points to, seen from the link. */
const sourceOf = (path: string, src: string): string =>
  src.startsWith('/') ? src : `${parentOf(path)}/${src}`;

function plan(want: FileWant, is: FileNow, on: PlanContext): Plan<FileResult> {
  const path = plainPath(want.path);
  const wanted = { ...want, path };
  if (want.state === 'absent') return planAbsent(wanted, is);
  if (want.state === 'directory') return planDirectory(wanted, is, on);
  if (want.state === 'link' || want.state === 'hard') return planLink(wanted, is, on);
  if (is.file?.type === 'link' && want.follow) {
    throw new StepError(`${path} is a link to ${is.file.target ?? '?'}, which is not there`);
  }
  return want.state === 'touch' ? planTouch(wanted, is, on) : planExisting(wanted, is);
}
