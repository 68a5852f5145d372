/** Arguments of the cron module: a job. */
import { z } from 'zod';
import { schedule } from './schedule.ts';

const oneLine = z.string().regex(/^[^\r\n\0]+$/, 'must be one line');

export const args = z.strictObject({
  name: oneLine.describe('name of the job, in a comment above its line'),
  job: oneLine.optional().describe('the command; cron reads an unescaped % as a line feed'),
  ...schedule,
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][\w.-]*\$?$/, 'is not the name of a user')
    .default('root')
    .describe('user whose crontab has the job; with file, user who runs it'),
  file: z
    .string()
    .regex(/^[\w-]+$/, 'cron skips files with other characters than letters, digits, _ and -')
    .optional()
    .describe("a file in /etc/cron.d, in place of the user's crontab"),
  disabled: z.boolean().default(false).describe('keep the job as a comment'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});
export type CronJob = z.output<typeof args>;
