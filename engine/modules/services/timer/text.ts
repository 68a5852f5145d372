/** The unit files of a timer, and the arguments that say when. */
import type { TimerWant } from './arguments.ts';
import { unitText, unitWord } from '../systemd-unit/text.ts';

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
