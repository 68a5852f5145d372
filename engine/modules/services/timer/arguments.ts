/** Arguments of the timer module. */
import { z } from 'zod';

const time = z.string().regex(/^[^\r\n]+$/, 'must be one line');

const scheduleArgs = {
  onCalendar: z
    .union([time, z.array(time).min(1)])
    .optional()
    .describe(
      "calendar times of systemd: 'daily', 'Mon *-*-* 02:30:00'; try systemd-analyze calendar",
    ),
  onBoot: time.optional().describe("time after boot: '10min'"),
  onActive: time.optional().describe("time after the start of the timer: '10min'"),
  afterRun: time.optional().describe("time after each start, repeated: '1h'"),
  persistent: z.boolean().default(false).describe('run at once after a missed time of onCalendar'),
  randomDelay: time.optional().describe("greatest random delay: '15min'"),
  accuracy: time.optional().describe("how long it may be delayed to save power; default: '1min'"),
};

export const args = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9:_.-]+$/, 'is not the name of a unit')
    .describe('NAME.timer and NAME.service in /etc/systemd/system'),
  argv: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('the program and its arguments, no shell in between'),
  unit: z
    .string()
    .regex(/\.[a-z]+$/, 'must have its suffix, as NAME.service')
    .optional()
    .describe('an existing unit to start, in place of argv'),
  ...scheduleArgs,
  user: z.string().min(1).default('root').describe('user that runs it'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().regex(/^[^\r\n\0]*$/))
    .default({})
    .describe('environment variables; all users can read them'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});

export type TimerWant = z.output<typeof args>;
