/** Arguments of the timer module. */
import { z } from 'zod';

const time = z.string().regex(/^[^\r\n]+$/, 'must be one line');

const scheduleArgs = {
  onCalendar: z
    .union([time, z.array(time).min(1)])
    .optional()
    .describe(
      "times as systemd has them: 'daily', 'Mon *-*-* 02:30:00'; try systemd-analyze calendar",
    ),
  onBoot: time.optional().describe("so long after boot: '10min'"),
  onActive: time.optional().describe("so long after the timer was started: '10min'"),
  afterRun: time.optional().describe("so long after its last start, again and again: '1h'"),
  persistent: z
    .boolean()
    .default(false)
    .describe('a time of onCalendar that was missed is made up'),
  randomDelay: time.optional().describe("a random delay of at most so long: '15min'"),
  accuracy: time.optional().describe("how far it may be put off to save power; default '1min'"),
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
    .describe('a unit that is there already, instead of argv'),
  ...scheduleArgs,
  user: z.string().min(1).default('root').describe('who runs it'),
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().regex(/^[^\r\n\0]*$/))
    .default({})
    .describe('variables of it; all users can read them'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it is to be there'),
});

export type TimerWant = z.output<typeof args>;
