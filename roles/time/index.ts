/** Role time: all hosts have the same time, within half a second. */
import {
  choose,
  debug,
  lineInFile,
  pkg,
  query,
  replace,
  role,
  service,
  timezone,
  type Handler,
  type Step,
} from 'tsplay';
import { clockOf, type Clock } from './sources.ts';
import { timeVariables } from './variables.ts';

/** What chrony is called, where it reads, and the variable of its options. */
const families = {
  debian: {
    unit: 'chrony',
    config: '/etc/chrony/chrony.conf',
    drift: 'chrony.drift',
    options: ['/etc/default/chrony', 'DAEMON_OPTS'],
  },
  redhat: {
    unit: 'chronyd',
    config: '/etc/chrony.conf',
    drift: 'drift',
    options: ['/etc/sysconfig/chronyd', 'OPTIONS'],
  },
} as const;

type Family = keyof typeof families;

export const time = role({
  name: 'time',
  vars: timeVariables,
  uses: { clock: clockOf },
  *tasks({ vars: { sharedKernel, timeZone, timeMaxOffset, timeWait }, clock }) {
    yield pkg('chrony is installed', { name: 'chrony' });
    if (timeZone !== undefined) yield timezone('time zone', { name: timeZone });
    const on = (family: Family): Step[] => chronyOn(family, clock, sharedKernel);
    yield choose('chrony', (run) => run.facts.os.family, {
      debian: on('debian'),
      redhat: on('redhat'),
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
  },
});

function chronyOn(family: Family, clock: Clock, sharedKernel: boolean): Step[] {
  const { unit, config, drift } = families[family];
  const chrony = service(unit);
  return [
    chrony.config(`sources of ${unit}`, {
      src: 'chrony/chrony.conf.hbs',
      dest: config,
      mode: '0644',
      vars: { ...clock, sharedKernel, driftfile: drift },
    }),
    ...(sharedKernel ? leaveClock(family, chrony.change) : hardwareClock(family)),
    chrony.running,
  ];
}

/** -x: it measures and serves, and sets nothing. */
function leaveClock(family: Family, restart: Handler): Step[] {
  const { unit, options } = families[family];
  const [path, name] = options;
  return [
    lineInFile(
      `${unit} leaves the clock alone`,
      { path, regexp: `^${name}=`, line: `${name}="-F 1 -x"`, create: true, mode: '0644' },
      { notify: restart },
    ),
    debug(`why ${unit} sets nothing`, {
      message: "the clock is the controller's own on a shared kernel",
    }),
  ];
}

/** A hardware clock that runs by local time jumps twice a year. */
function hardwareClock(family: Family): Step[] {
  const path = '/etc/adjtime';
  const adjusted = query(`hardware clock on ${family}`, {
    argv: ['cat', path],
    codes: 'any',
    scope: 'host',
  });
  return [
    adjusted,
    replace(
      `hardware clock by UTC on ${family}`,
      { path, regexp: '^LOCAL$', replace: 'UTC' },
      { when: (run) => run.result(adjusted).stdoutLines.includes('LOCAL') },
    ),
  ];
}

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
