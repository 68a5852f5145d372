/** Role time: all hosts have the same time, within half a second. */
import {
  choose,
  debug,
  flushHandlers,
  handler,
  lineInFile,
  pkg,
  query,
  replace,
  role,
  systemd,
  template,
  timezone,
  type Step,
} from 'tsplay';
import { clockOf } from './sources.ts';
import { timeVariables } from './variables.ts';

/** What chrony is called and where it reads. */
const families = {
  debian: { unit: 'chrony', config: '/etc/chrony/chrony.conf', drift: 'chrony.drift' },
  redhat: { unit: 'chronyd', config: '/etc/chrony.conf', drift: 'drift' },
} as const;

export const time = role({
  name: 'time',
  vars: timeVariables,
  *tasks({ vars, host, inventory }) {
    const { sharedKernel, timeMaxOffset, timeWait } = vars;
    const clock = clockOf(host, inventory, vars);
    yield pkg('chrony is installed', { name: 'chrony' });
    if (vars.timeZone !== undefined) yield timezone('time zone', { name: vars.timeZone });
    yield choose('chrony', (run) => run.facts.os.family, {
      debian: chronyOn('debian'),
      redhat: chronyOn('redhat'),
    });
    yield query(
      'the clock is right',
      { argv: ['chronyc', '-n', '-c', 'tracking'], scope: 'host' },
      {
        until: ({ stdout }) => isRight(stdout, timeMaxOffset),
        failedWhen: ({ stdout }) => !isRight(stdout, timeMaxOffset) && notRight(stdout),
        retries: timeWait,
        delay: 1,
      },
    );

    function chronyOn(family: keyof typeof families): Step[] {
      const { unit, config, drift } = families[family];
      const runs = systemd(`${unit} runs`, { unit, state: 'started', enabled: true });
      const restart = handler(
        systemd(
          `restart ${unit}`,
          { unit, state: 'restarted' },
          { when: (run) => run.tryResult(runs)?.changed !== true },
        ),
      );
      return [
        template(
          `sources of ${unit}`,
          {
            src: 'chrony/chrony.conf.hbs',
            dest: config,
            mode: '0644',
            vars: { ...clock, sharedKernel, driftfile: drift },
          },
          { notify: restart, tags: ['config'] },
        ),
        ...(sharedKernel ? leaveClock(family, unit) : hardwareClock(family)),
        runs,
        flushHandlers(`restart ${unit}`),
      ];

      /** -x: it measures and serves, and sets nothing. */
      function leaveClock(on: keyof typeof families, of: string): Step[] {
        const [path, name] =
          on === 'debian'
            ? ['/etc/default/chrony', 'DAEMON_OPTS']
            : ['/etc/sysconfig/chronyd', 'OPTIONS'];
        return [
          lineInFile(
            `${of} leaves the clock alone`,
            { path, regexp: `^${name}=`, line: `${name}="-F 1 -x"`, create: true, mode: '0644' },
            { notify: restart },
          ),
          debug(`why ${of} sets nothing`, {
            message: "the clock is the controller's own on a shared kernel",
          }),
        ];
      }
    }

    /** A hardware clock that runs by local time jumps twice a year. */
    function hardwareClock(on: string): Step[] {
      const path = '/etc/adjtime';
      const adjusted = query(`hardware clock on ${on}`, {
        argv: ['cat', path],
        codes: 'any',
        scope: 'host',
      });
      return [
        adjusted,
        replace(
          `hardware clock by UTC on ${on}`,
          { path, regexp: '^LOCAL$', replace: 'UTC' },
          { when: (run) => run.result(adjusted).stdoutLines.includes('LOCAL') },
        ),
      ];
    }
  },
});

/** Fields of `chronyc -c tracking`: the fifth is the offset in seconds, the last the leap status. */
function isRight(said: string, most: number): boolean {
  const fields = said.trim().split(',');
  const offset = Number(fields[4]);
  return fields.at(-1) === 'Normal' && Number.isFinite(offset) && Math.abs(offset) < most;
}

function notRight(said: string): string {
  const fields = said.trim().split(',');
  if (fields.length < 5) return `chrony says: ${said.trim() || 'nothing'}`;
  return `the clock is ${fields[4]} s off, and chrony calls it '${fields.at(-1)}': are its sources reachable?`;
}
