/** Module `timer`: a job that systemd starts at its times, in place of cron. */
import { defineModule } from '../../../dsl/define-module.ts';
import { byScript } from '../../../module/alteration.ts';
import { change, same, unpredictable, type Difference, type Plan } from '../../../module/plan.ts';
import { unit as readUnit, type Unit } from '../../../readers/services/unit.ts';
import { sh, type Script } from '../../../shell/script.ts';
import { predictPath } from '../../shared/file-result.ts';
import {
  attributesOff,
  fileReads,
  isRewritten,
  putTogether,
  textNow,
  type FileNow,
  type PutPart,
} from '../../shared/put-together.ts';
import { differencesOf } from '../systemd/differences.ts';
import { ownMark, serviceText, timerText } from './text.ts';
import { args, type TimerWant } from './arguments.ts';

export interface TimerResult {
  /** `NAME.timer`. */
  readonly unit: string;
  readonly activeState: string;
  readonly unitFileState: string;
}

const folder = '/etc/systemd/system';
const pathsOf = ({ name }: TimerWant) => ({
  service: `${folder}/${name}.service`,
  timer: `${folder}/${name}.timer`,
});

export const timer = defineModule({
  name: 'timer',
  summary: 'Runs a program on a schedule, by a timer of systemd.',
  args,
  example: `timer('nightly backup', {
  name: 'backup',
  argv: ['/usr/local/bin/backup', '--all'],
  onCalendar: '*-*-* 02:30:00',
  persistent: true,
})`,
  returns: {
    unit: 'name of the timer',
    activeState: 'active, inactive, …',
    unitFileState: 'enabled, disabled, …',
  },
  mistakes(want) {
    if (want.state === 'absent') return [];
    const found: string[] = [];
    if ((want.argv === undefined) === (want.unit === undefined)) found.push('give argv or unit');
    const times = [want.onCalendar, want.onBoot, want.onActive, want.afterRun];
    if (times.every((each) => each === undefined)) {
      found.push('give onCalendar, onBoot, onActive or afterRun');
    }
    return found;
  },
  reads(want) {
    const { service, timer: path } = pathsOf(want);
    const [one, two] = [fileReads(service), fileReads(path)];
    return {
      service: one.file,
      serviceText: one.text,
      timer: two.file,
      timerText: two.text,
      parent: two.parent,
      unit: readUnit(`${want.name}.timer`),
    };
  },
  plan(want, is, on): Plan<TimerResult> {
    const { parent } = is;
    const service: FileNow = { file: is.service, text: is.serviceText, parent };
    const own: FileNow = { file: is.timer, text: is.timerText, parent };
    if (want.state === 'absent') return planGone(want, service, own, is.unit);
    const parts = partsOf(want, service, own);
    const wrong = differencesOf(wantedUnit(want), is.unit ?? unborn(want));
    const rewritten = parts.filter(isRewritten);
    const off = parts.filter((part) => isRewritten(part) || attributesOff(part).length > 0);
    const stale = is.unit?.needDaemonReload === true;
    if (off.length === 0 && wrong.differences.length === 0 && !stale) {
      return same(resultOf(want, is.unit), wrong.notes.length > 0 ? wrong.notes : undefined);
    }
    const files = putTogether(parts, on.facts.user);
    const schedule = rewritten.some(({ want: part }) => part.path === pathsOf(want).timer);
    return change({
      differences: [...off.map(fileDifference), ...wrong.differences, ...(stale ? [reread] : [])],
      alters: [...files.alters, { kind: 'reload units' }, byScript('unit', start(want, schedule))],
      after: [...files.after, unpredictable(readUnit(`${want.name}.timer`))],
      invalidates: {
        paths: [...files.invalidates.paths, '/var/lib/systemd/timers'],
        readers: ['unit'],
      },
      result: { unit: `${want.name}.timer`, activeState: 'active', unitFileState: 'enabled' },
    });
  },
});

const reread: Difference = { what: 'unit files', from: 'changed on disk', to: 'loaded' };

const wantedUnit = ({ name }: TimerWant) => ({
  unit: `${name}.timer`,
  state: 'started' as const,
  enabled: true,
  daemonReload: 'auto' as const,
  wait: true,
});

/** A timer whose file is not there yet neither runs nor starts at boot. */
const unborn = ({ name }: TimerWant): Unit => ({
  id: `${name}.timer`,
  loadState: 'loaded',
  activeState: 'inactive',
  subState: 'dead',
  unitFileState: 'disabled',
  preset: '',
  fragmentPath: '',
  needDaemonReload: false,
  mainPid: 0,
  invocationId: '',
  restarts: 0,
  result: 'success',
  type: '',
  remainAfterExit: false,
  canReload: false,
  triggeredBy: [],
  job: false,
  sysvEnabled: undefined,
  changedAt: 0,
});

function partsOf(want: TimerWant, service: FileNow, own: FileNow): readonly PutPart[] {
  const part = (path: string, content: string, is: FileNow): PutPart => ({
    want: { path, content, secret: false, newMode: '0644', mode: '0644' },
    is,
  });
  const { service: path, timer: timerPath } = pathsOf(want);
  return [
    ...(want.argv === undefined ? [] : [part(path, serviceText(want, want.argv), service)]),
    part(timerPath, timerText(want), own),
  ];
}

const fileDifference = (part: PutPart): Difference => {
  const { path, content } = part.want;
  const before = textNow(path, part.is);
  return {
    what: path,
    from: before === undefined ? 'absent' : 'another one',
    to: 'as wanted',
    text: { path, before: before ?? '', after: content },
  };
};

const resultOf = ({ name }: TimerWant, is: Unit | undefined): TimerResult => ({
  unit: `${name}.timer`,
  activeState: is?.activeState ?? 'inactive',
  unitFileState: is?.unitFileState ?? '',
});

/** A new schedule counts from the timer's next start. */
const start = (
  { name }: TimerWant,
  anew: boolean,
): Script => sh`systemctl enable -- ${`${name}.timer`} || exit
systemctl ${anew ? 'restart' : 'start'} -- ${`${name}.timer`}`;

function planGone(
  want: TimerWant,
  service: FileNow,
  own: FileNow,
  is: Unit | undefined,
): Plan<TimerResult> {
  const paths = pathsOf(want);
  const text = textNow(paths.service, service);
  const gone = [
    ...(own.file === undefined ? [] : [paths.timer]),
    // A service that somebody else wrote stays.
    ...(text?.startsWith(ownMark(want.name)) === true ? [paths.service] : []),
  ];
  const runs = is !== undefined && is.activeState !== 'inactive';
  if (gone.length === 0 && !runs) return same(resultOf(want, undefined));
  const name = `${want.name}.timer`;
  return change({
    differences: [
      ...gone.map((path) => ({ what: path, from: 'file', to: 'absent' })),
      ...(runs ? [{ what: 'state', from: is.activeState, to: 'inactive' }] : []),
    ],
    alters: [
      ...(is === undefined
        ? []
        : [byScript('unit', sh`systemctl disable --now -- ${name} || systemctl stop -- ${name}`)]),
      ...gone.map((path) => ({ kind: 'remove', path }) as const),
      { kind: 'reload units' },
      byScript('unit', sh`systemctl reset-failed -- ${name} 2>/dev/null || :`),
    ],
    after: [...gone.flatMap((path) => predictPath(path, undefined)), unpredictable(readUnit(name))],
    invalidates: { paths: gone, readers: ['unit'] },
    result: resultOf(want, undefined),
  });
}
