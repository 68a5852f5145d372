/** What is not as wanted of a unit, in which steps it gets there, and what it will be then. */
import { StepError } from '../../../errors.ts';
import { value, type Answer } from '../../../module/reader.ts';
import type { Difference } from '../../../module/plan.ts';
import { unitName, type Unit } from '../../../readers/services/unit.ts';

export interface WantedUnit {
  readonly unit: string;
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly daemonReload: boolean | 'auto';
  readonly wait: boolean;
}

/** What the script does, in this order. */
export interface UnitSteps {
  readonly resetFailed: boolean;
  readonly unmask: boolean;
  readonly reloadDaemon: boolean;
  readonly enable: boolean | undefined;
  readonly run: 'start' | 'stop' | 'restart' | 'reload' | undefined;
  readonly mask: boolean;
  /** False for a one-shot service: it ends when it is done. */
  readonly holds: boolean;
}

export interface UnitDifferences {
  readonly differences: readonly Difference[];
  readonly steps: UnitSteps;
  readonly notes: readonly string[];
  /** The unit afterwards; undefined where nobody can tell. */
  readonly after: Unit | undefined;
  readonly prediction: Answer<Unit>;
}

/**
 * @param also units that it enables in its place, where it is indirect
 * @throws StepError when the unit is missing or masked and so cannot be what is wanted
 */
export function differencesOf(
  want: WantedUnit,
  is: Unit | undefined,
  also: readonly Unit[] = [],
): UnitDifferences {
  return is === undefined ? ofMissing(want) : ofUnit(want, is, also);
}

const noSteps: UnitSteps = {
  resetFailed: false,
  unmask: false,
  reloadDaemon: false,
  enable: undefined,
  run: undefined,
  mask: false,
  holds: true,
};

function ofMissing(want: WantedUnit): UnitDifferences {
  const id = unitName(want.unit);
  const runs = want.state !== undefined && want.state !== 'stopped';
  if (runs || want.enabled === true) {
    throw new StepError(`there is no unit ${id}`, {
      hint: 'check its package and its name: `systemctl list-unit-files`',
    });
  }
  const after: Unit = { ...blank, id, loadState: 'masked', unitFileState: 'masked' };
  const mask = want.masked === true;
  return {
    differences: mask ? [{ what: 'masked', from: false, to: true }] : [],
    steps: { ...noSteps, mask },
    notes: mask ? [] : [`there is no unit ${id}, so it neither runs nor starts at boot`],
    after: mask ? after : undefined,
    prediction: value(after),
  };
}

function ofUnit(want: WantedUnit, is: Unit, also: readonly Unit[]): UnitDifferences {
  const differences: Difference[] = [];
  const masked = is.loadState === 'masked' || is.unitFileState.startsWith('masked');
  const unmask = masked && want.masked === false;
  const mask = want.masked === true && is.unitFileState !== 'masked';
  const runs = want.state !== undefined && want.state !== 'stopped';
  if (masked && !unmask && (runs || want.enabled === true)) {
    throw new StepError(`${is.id} is masked`, { hint: 'add masked: false' });
  }
  if (runs && ['bad-setting', 'error'].includes(is.loadState) && !is.needDaemonReload) {
    throw new StepError(`${is.id} does not load: ${is.fragmentPath || 'its file'} is not valid`, {
      hint: `\`systemd-analyze verify ${is.id}\` on the host names the line`,
    });
  }
  if (mask && is.fragmentPath === `/etc/systemd/system/${is.id}` && !masked) {
    throw new StepError(`${is.id} cannot be masked: its own file is where the mask would be`, {
      hint: `remove ${is.fragmentPath}, or disable and stop the unit`,
    });
  }
  if (unmask || mask) differences.push({ what: 'masked', from: masked, to: !unmask });
  const boot = enabling(want, is, also);
  if (boot.wrong) differences.push({ what: 'enabled', from: shownState(is), to: want.enabled });
  const run = running(want, is);
  if (run !== undefined) {
    differences.push({ what: 'state', from: is.activeState, to: want.state });
  }
  const stale = is.needDaemonReload && want.daemonReload !== false;
  if (is.needDaemonReload && want.daemonReload === true) {
    differences.push({ what: 'unit files', from: 'changed on disk', to: 'loaded' });
  }
  const steps: UnitSteps = {
    unmask,
    mask,
    run,
    holds: is.type !== 'oneshot' || is.remainAfterExit,
    enable: boot.wrong ? want.enabled : undefined,
    resetFailed: run === 'start' && is.activeState === 'failed',
    reloadDaemon: stale && differences.length > 0,
  };
  const after = afterwards(is, steps);
  const notes = [...boot.notes, ...notesOn(want, is, differences.length > 0)];
  return { differences, steps, notes, after, prediction: value(after ?? is) };
}

/** What systemd says of it, or what its init script's links say. */
function shownState(is: Unit): string {
  if (is.sysvEnabled === undefined) return is.unitFileState;
  return is.sysvEnabled ? 'enabled' : 'disabled';
}

/** States in which neither enable nor disable can change anything. */
const fixed = ['static', 'indirect', 'generated', 'transient', 'alias', ''];

function enabling(
  want: WantedUnit,
  is: Unit,
  also: readonly Unit[],
): { wrong: boolean; notes: readonly string[] } {
  if (want.enabled === undefined) return { wrong: false, notes: [] };
  const state = shownState(is);
  if (state === 'indirect' && also.length > 0) {
    const not = want.enabled ? 'disabled' : 'enabled';
    return { wrong: also.some((one) => shownState(one) === not), notes: [] };
  }
  if (state === 'bad') throw new StepError(`the unit file of ${is.id} is not valid`);
  if (fixed.includes(state)) {
    const word = state === '' ? 'without a unit file' : state;
    const hint = state === 'static' ? ': others start it' : '';
    const what = want.enabled ? 'enabled' : 'disabled';
    return { wrong: false, notes: [`${is.id} is ${word}${hint}; it cannot be ${what}`] };
  }
  if (want.enabled) return { wrong: state !== 'enabled', notes: [] };
  if (is.id !== unitName(want.unit) && state.startsWith('enabled') && want.state === 'started') {
    throw new StepError(`${unitName(want.unit)} is an alias of ${is.id}, which disabling removes`, {
      hint: `name the unit itself: unit: '${is.id}'`,
    });
  }
  // `linked` is known to systemd without being enabled.
  return { wrong: ['enabled', 'enabled-runtime', 'linked-runtime'].includes(state), notes: [] };
}

function running(want: WantedUnit, is: Unit): 'start' | 'stop' | undefined {
  const active = is.activeState === 'active' || is.activeState === 'reloading';
  if (want.state === 'stopped') {
    const stopped = is.activeState === 'inactive' || is.activeState === 'failed';
    return stopped && !is.job ? undefined : 'stop';
  }
  if (want.state !== 'started') return undefined;
  if (active) return undefined;
  if (is.type === 'oneshot' && !is.remainAfterExit) {
    throw new StepError(`${is.id} is a one-shot service: it never stays started`, {
      hint: "use state: 'restarted' in a handler or with a `when`",
    });
  }
  const begun = is.activeState === 'activating' && is.subState !== 'auto-restart';
  return !want.wait && (begun || is.job) ? undefined : 'start';
}

function notesOn(want: WantedUnit, is: Unit, changes: boolean): string[] {
  const notes: string[] = [];
  if (want.state === 'stopped' && is.triggeredBy.length > 0) {
    notes.push(`${is.triggeredBy.join(', ')} can start ${is.id} again`);
  }
  if (is.needDaemonReload && !changes && want.daemonReload !== true) {
    notes.push(`the unit file of ${is.id} changed; it takes effect at the next restart`);
  }
  return notes;
}

function afterwards(is: Unit, steps: UnitSteps): Unit | undefined {
  // What is below the mask, only systemd knows.
  if (steps.unmask && steps.enable === undefined) return undefined;
  const boot = steps.enable === undefined ? {} : bootState(is, steps.enable);
  const service = is.id.endsWith('.service');
  const run =
    steps.run === 'start'
      ? {
          activeState: 'active',
          subState: service ? 'running' : is.subState,
          result: 'success',
          // Another start than the one before it: a restart that waits for it is done.
          invocationId: 'predicted',
        }
      : { activeState: 'inactive', subState: 'dead', mainPid: 0, invocationId: '' };
  return {
    ...is,
    ...boot,
    ...(steps.run === undefined ? {} : { ...run, job: false }),
    ...(steps.reloadDaemon ? { needDaemonReload: false } : {}),
    ...(steps.unmask ? { loadState: 'loaded' } : {}),
    ...(steps.mask ? { loadState: 'masked', unitFileState: 'masked' } : {}),
  };
}

function bootState(is: Unit, enabled: boolean): Partial<Unit> {
  if (is.unitFileState === 'indirect') return {};
  if (is.sysvEnabled !== undefined) return { sysvEnabled: enabled };
  return { unitFileState: enabled ? 'enabled' : 'disabled' };
}

const blank: Unit = {
  id: '',
  loadState: '',
  activeState: 'inactive',
  subState: 'dead',
  unitFileState: '',
  preset: '',
  fragmentPath: '',
  needDaemonReload: false,
  mainPid: 0,
  invocationId: '',
  restarts: 0,
  result: '',
  type: '',
  remainAfterExit: false,
  canReload: false,
  triggeredBy: [],
  job: false,
  sysvEnabled: undefined,
  changedAt: 0,
};
