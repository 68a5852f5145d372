/** Module `copy`: a file with this content, or that local file or folder, or that file of the host. */
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import type { Known } from '../../../module/module.ts';
import type { Plan } from '../../../module/plan.ts';
import type { Read } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import type { TextValue } from '../../../readers/files/text.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { prepareCopy, putOf, type Prepared } from './source.ts';
import { fileReturns, type FileResult } from '../../shared/file-result.ts';
import { planMirror, type MirrorNow, type MirrorResult } from '../mirror/plan.ts';
import { mirrorReads } from '../mirror/reads.ts';
import { planPut, putReads } from '../../shared/put-file.ts';
import { args, type CopyArguments } from './arguments.ts';

export type CopyResult = FileResult & Partial<Pick<MirrorResult, 'digests'>>;

type CopyReads = {
  readonly [path: `/${string}`]: Read<FileValue>;
  readonly file?: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly text?: Read<TextValue>;
  readonly source?: Read<FileValue>;
};

export const copy = defineModule({
  name: 'copy',
  summary: 'Copies content, or a local file or folder, to the host.',
  args,
  example: `copy('welcome people', { content: 'Welcome.\\n', dest: '/etc/motd', mode: '0644' })`,
  returns: { ...fileReturns, digests: 'of a folder: sha256 of each file, by its path in it' },
  mistakes,
  prepare: prepareCopy,
  ...ownedFile,
  reads(want: Prepared, known: Known): CopyReads {
    if (want.folder) return mirrorReads(want.folder);
    if (want.remoteSrc === undefined) return putReads(putOf(want, undefined), known);
    const source = file({ path: want.remoteSrc, follow: true, digest: true });
    return { ...putReads(putOf(want, undefined), known), source };
  },
  plan(want, is, on): Plan<CopyResult> {
    const { file: now, parent, text, source, ...there } = is;
    if (want.folder) {
      const plan = planMirror(want.folder, there as MirrorNow, parent, on);
      return { ...plan, result: { ...plan.result, state: 'directory' } };
    }
    if (want.remoteSrc !== undefined) requireFile(want.remoteSrc, source);
    return planPut(putOf(want, source), { file: now, parent, text }, on);
  },
});

function requireFile(path: string, is: FileValue | undefined): void {
  if (is === undefined) throw new StepError(`cannot copy ${path}: it does not exist`);
  if (is.type !== 'file') throw new StepError(`${path} is a ${is.type}, not a file`);
}

function mistakes(want: CopyArguments): string[] {
  const given = [want.content, want.src, want.remoteSrc].filter((source) => source !== undefined);
  const found: string[] = [];
  if (given.length !== 1) found.push('copy takes exactly one of content, src and remoteSrc');
  if (want.content !== undefined && want.dest.endsWith('/')) {
    found.push('dest must name the file when its content is given');
  }
  if (want.content !== undefined && want.preserve) {
    found.push('preserve goes with src or remoteSrc: content has no mode or time');
  }
  if (want.preserve && want.mode !== undefined) found.push('give mode or preserve, not both');
  return found;
}
