/** Module `copy`: a file with this content, or that local file, or that file of the host. */
import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { StepError } from '../errors.ts';
import type { Controller, Known } from '../module/module.ts';
import { file } from '../readers/file.ts';
import { isSecret } from '../secrets/secret.ts';
import { contentOf, isContent, type Content } from '../shell/content.ts';
import { absolutePath, contentValue, plain } from './argument.ts';
import { fileReturns } from './file-result.ts';
import { destOf, planPut, putArgs, putReads, type PutFile } from './put-file.ts';

const args = z.strictObject({
  content: contentValue.optional().describe('text, secret or bytes that the file holds'),
  src: z.string().min(1).optional().describe('a local file, looked up in files/'),
  remoteSrc: absolutePath.optional().describe('a file of the host itself'),
  ...putArgs,
});

type Arguments = z.output<typeof args>;

interface Prepared extends Omit<PutFile, 'content'> {
  readonly content?: Content;
  readonly remoteSrc?: string;
}

export const copy = defineModule({
  name: 'copy',
  summary: 'Puts a file with this content on the host.',
  args,
  example: `copy('welcome people', { content: 'Welcome.\\n', dest: '/etc/motd', mode: '0644' })`,
  returns: fileReturns,
  mistakes,
  prepare,
  reads: (want: Prepared, known: Known) => ({
    ...putReads(sourced(want, undefined), known),
    ...(want.remoteSrc !== undefined && { source: sourceOf(want.remoteSrc) }),
  }),
  plan(want, is, on) {
    if (want.remoteSrc === undefined) return planPut(sourced(want, undefined), is, on);
    if (is.source === undefined) throw new StepError(`${want.remoteSrc} is not there to be copied`);
    const { type, digest = '', size } = is.source;
    if (type !== 'file') throw new StepError(`${want.remoteSrc} is a ${type}, not a file`);
    return planPut(sourced(want, { hostPath: want.remoteSrc, digest, size }), is, on);
  },
});

function mistakes(want: Arguments): string[] {
  const given = [want.content, want.src, want.remoteSrc].filter((source) => source !== undefined);
  const found: string[] = [];
  if (given.length !== 1) found.push('copy takes exactly one of content, src and remoteSrc');
  if (want.content !== undefined && want.dest.endsWith('/')) {
    found.push('dest must name the file when its content is given');
  }
  return found;
}

async function prepare(want: Arguments, controller: Controller): Promise<Prepared> {
  const { content, src, remoteSrc, ...rest } = want;
  const put = { ...rest, dest: destOf(want.dest, src ?? remoteSrc ?? ''), diff: controller.diff };
  if (remoteSrc !== undefined) return { ...put, remoteSrc };
  if (src !== undefined) return { ...put, content: await controller.file(src) };
  return { ...put, content: given(content ?? '') };
}

function given(content: NonNullable<Arguments['content']>): Content {
  if (isContent(content)) return content;
  return contentOf(plain(content), { secret: isSecret(content) });
}

const sourceOf = (path: string) => file({ path, follow: true, digest: true });

/** What is to be put; a host's own file is known only once it was read. */
function sourced(want: Prepared, source: PutFile['content'] | undefined): PutFile {
  const content = want.content ?? source ?? { hostPath: '', digest: '', size: 0 };
  return { ...want, content, diff: want.diff && want.content !== undefined };
}
