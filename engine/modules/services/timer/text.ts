/** The unit files of a timer, and the arguments that say when. */
import { z } from 'zod';
import type { TimerWant } from './index.ts';
import { unitText, unitWord } from '../systemd-unit/text.ts';

const time = z.string().regex(/^[^\r\n]+$/, 'must be one line');

export const scheduleArgs = {
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

/** How a file that is ours begins. */
export const ownMark = (name: string): string => `# Written by tsplay for ${name}.timer\n`;

export function timerText(want: TimerWant): string {
  const given = {
    OnCalendar: want.onCalendar,
    OnBootSec: want.onBoot,
    OnActiveSec: want.onActive,
    OnUnitActiveSec: want.afterRun,
    Persistent: want.persistent ? true : undefined,
    RandomizedDelaySec: want.randomDelay,
    AccuracySec: want.accuracy,
    Unit: want.unit,
  };
  const options = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const sections = {
    Unit: { Description: `Times of ${want.unit ?? want.name}` },
    Timer: options,
    Install: { WantedBy: 'timers.target' },
  };
  return ownMark(want.name) + unitText(sections);
}

export function serviceText(want: TimerWant, argv: readonly string[]): string {
  const environment = Object.entries(want.environment).map(([name, value]) =>
    unitWord(`${name}=${value}`).replaceAll('$$', '$'),
  );
  const sections = {
    Unit: { Description: `Job ${want.name}` },
    Service: {
      Type: 'oneshot',
      ExecStart: argv.map(unitWord).join(' '),
      ...(want.user !== 'root' && { User: want.user }),
      ...(environment.length > 0 && { Environment: environment }),
    },
  };
  return ownMark(want.name) + unitText(sections);
}
