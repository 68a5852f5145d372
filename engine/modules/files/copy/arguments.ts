/** Arguments of the copy module. */
import { z } from 'zod';
import { absolutePath, contentValue } from '../../shared/argument.ts';
import { modeSchema } from '../../shared/mode.ts';
import { putArgs } from '../../shared/put-file.ts';

export const args = z.strictObject({
  content: contentValue.optional().describe('text, secret or bytes that the file holds'),
  src: z
    .string()
    .min(1)
    .optional()
    .describe('a local file, or a folder with all below it, looked up in files/'),
  remoteSrc: absolutePath.optional().describe('a file of the host itself'),
  ...putArgs,
  dest: absolutePath.describe(
    'path on the host; ends with / for a folder that gets src by its name',
  ),
  preserve: z
    .boolean()
    .default(false)
    .describe('mode and time as src has them; of remoteSrc owner and group too'),
  directoryMode: modeSchema
    .default('0755')
    .describe('permissions of folders that are made for a folder'),
});

export type CopyArguments = z.output<typeof args>;
