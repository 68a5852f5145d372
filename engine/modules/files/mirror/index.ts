/** Module `mirror`: the files of a folder, compared by digest and sent as one stream. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { isFileSource, type FileSource } from '../../../module/file-source.ts';
import type { Controller } from '../../../module/module.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { absolutePath } from '../../shared/argument.ts';
import { attributeArgs } from '../../shared/attributes.ts';
import { filesToMirror } from './files.ts';
import { planMirror, type Mirror, type MirrorNow } from './plan.ts';
import { foldersOf, mirrorReads } from './reads.ts';
import { modeSchema } from '../../shared/mode.ts';

const args = z.strictObject({
  src: z.string().min(1).optional().describe('a local folder, looked up in files/'),
  source: z
    .custom<FileSource>(isFileSource, 'expected what filesFrom makes')
    .meta({ title: 'FileSource' })
    .optional()
    .describe('files found by code: what filesFrom returns'),
  only: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('paths of the files to take; all when it is not given'),
  dest: absolutePath.describe('folder on the host; created if its parent exists'),
  ...attributeArgs,
  mode: modeSchema
    .optional()
    .describe("permissions of files; default '0644', '0755' where the local file may be run"),
  directoryMode: modeSchema.default('0755').describe('permissions of folders that are created'),
  delete: z.boolean().default(false).describe('remove everything else from the folder'),
  compress: z
    .boolean()
    .default(true)
    .describe('send compressed content as it is, if the host has gzip'),
});

type Arguments = z.output<typeof args>;
export const mirror = defineModule({
  name: 'mirror',
  summary: 'Mirrors files to a folder: compared by digest, sent as one stream.',
  args,
  example: `mirror('pages', { src: 'pages', dest: '/var/www/pages', delete: true })`,
  returns: {
    path: 'the folder',
    digests: 'sha256 of each file, by its path in the folder',
  },
  mistakes: (want: Arguments) =>
    (want.src === undefined) === (want.source === undefined)
      ? ['mirror takes exactly one of src and source']
      : [],
  prepare,
  ...ownedFile,
  reads: (want: Mirror) => mirrorReads(want),
  plan: (want, { parent, ...is }, on) => planMirror(want, is as MirrorNow, parent, on),
});

async function prepare(want: Arguments, controller: Controller): Promise<Mirror> {
  const { src, source, only, ...rest } = want;
  const files = await filesToMirror({ src, source }, only, controller);
  return { ...rest, dest: plainPath(want.dest), files, folders: foldersOf(files) };
}
