/** Arguments of the copy module. */
import { z } from 'zod';
import { absolutePath, contentValue } from '../../shared/argument.ts';
import { modeSchema } from '../../shared/mode.ts';
import { putArgs } from '../../shared/put-file.ts';

export const args = z.strictObject({
  content: contentValue.optional().describe('content of the file: text, secret or bytes'),
  src: z
    .string()
    .min(1)
    .optional()
    .describe('a local file, or a folder with everything below it, looked up in files/'),
  remoteSrc: absolutePath.optional().describe('a file of the host itself'),
  ...putArgs,
  dest: absolutePath.describe(
    'path on the host; with / at its end it is a folder, and src keeps its name',
  ),
  preserve: z
    .boolean()
    .default(false)
    .describe('keep mode and time of src; with remoteSrc owner and group too'),
  directoryMode: modeSchema
    .default('0755')
    .describe('permissions of folders that are created where src is a folder'),
});

export type CopyArguments = z.output<typeof args>;
