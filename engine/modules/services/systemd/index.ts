/** Units of systemd. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import type { Known } from '../../../module/module.ts';
import { action, change, predict, same, unpredictable, type Plan } from '../../../module/plan.ts';
import type { Read } from '../../../module/reader.ts';
import { unit, unitName, type Unit } from '../../../readers/services/unit.ts';
import { alsoIn, alsoReads, predictAlso, type AlsoReads } from './also.ts';
import { differencesOf, type UnitDifferences } from './differences.ts';
import { unitScript } from './script.ts';
import { invalidatedBy } from './invalidates.ts';

const args = z.strictObject({
  unit: z
    .string()
    .regex(/^[A-Za-z0-9:_.\\@-]+$/, 'is not the name of a unit')
    .describe('name of the unit; without suffix it is a service'),
  state: z
    .enum(['started', 'stopped', 'restarted', 'reloaded'])
    .optional()
    .describe('`restarted` and `reloaded` are actions, for handlers and tasks with a `when`'),
  enabled: z.boolean().optional().describe('whether it starts at boot'),
  masked: z.boolean().optional().describe('whether it is masked: nothing can start it'),
  daemonReload: z
    .union([z.boolean(), z.literal('auto')])
    .default('auto')
    .describe(
      'reload changed unit files first: `auto` if this task changes the unit and systemd asks for it; `true` in any case',
    ),
  scope: z
    .enum(['system', 'user'])
    .default('system')
    .describe('units of the system, or of the user that the task runs as'),
  wait: z
    .boolean()
    .default(true)
    .describe('false: queue the start and accept `activating`, for members that need each other'),
  settle: z
    .strictObject({
      atMost: z.number().min(0).default(30).describe('seconds to wait for the state'),
      stable: z.number().int().min(0).default(2).describe('seconds for which the state must last'),
    })
    .prefault({})
    .describe('a unit that fails or restarts within `stable` seconds has not started'),
});

type Want = z.output<typeof args>;

type SystemdReads = { readonly unit: Read<Unit> } & AlsoReads;

export interface SystemdResult {
  /** Its own name, where it was named by an alias. */
  readonly unit: string;
  readonly activeState: string;
  readonly subState: string;
  readonly unitFileState: string;
  readonly mainPid: number;
  readonly invocationId: string;
  readonly restarts: number;
}

export const systemd = defineModule({
  name: 'systemd',
  summary: 'Starts, stops, restarts, enables and masks units of systemd.',
  args,
  example: `systemd('ssh runs', { unit: 'ssh', state: 'started', enabled: true });`,
  returns: {
    unit: "the unit's own name",
    activeState: '`active`, `inactive`, `failed`, …',
    subState: '`running`, `exited`, `dead`, …',
    unitFileState: '`enabled`, `disabled`, `static`, …',
    mainPid: 'process id, 0 for none',
    invocationId: 'changes with each start',
    restarts: 'automatic restarts since it was last started',
  },
  needsCondition: (want: Want) => want.state === 'restarted' || want.state === 'reloaded',
  mistakes,
  reads(want: Want, known: Known): SystemdReads {
    const own = unit(want.unit, want.scope);
    const also = want.enabled === undefined ? {} : alsoReads(own, want.scope, known);
    return { unit: own, ...also };
  },
  alreadySatisfied: (want: Want, then, now) =>
    now.unit !== undefined &&
    ['active', 'activating'].includes(now.unit.activeState) &&
    now.unit.invocationId !== (then.unit?.invocationId ?? '') &&
    !now.unit.needDaemonReload,
  plan(want: Want, is): Plan<SystemdResult> {
    const id = is.unit?.id ?? unitName(want.unit);
    const { unit: _unit, source: _source, ...others } = is;
    const also = alsoIn(others);
    const wrong = differencesOf(want, is.unit, also);
    const result = resultOf(id, wrong.after ?? is.unit);
    const notes = wrong.notes.length === 0 ? {} : { notes: wrong.notes };
    if (want.state === 'restarted' || want.state === 'reloaded') {
      return actOn(want, is.unit, wrong, id);
    }
    if (wrong.differences.length === 0) return same(result, notes.notes);
    const read = unit(want.unit, want.scope);
    return change({
      differences: wrong.differences,
      alters: [byScript('unit', unitScript(id, want, wrong.steps))],
      after: [
        wrong.after === undefined ? unpredictable(read) : predict(read, wrong.prediction),
        ...(wrong.steps.enable === undefined
          ? []
          : predictAlso(also, wrong.steps.enable, want.scope)),
      ],
      invalidates: invalidatedBy(id, wrong.steps, is.unit),
      result,
      settle: {
        atMost: want.wait ? want.settle.atMost : Math.min(want.settle.atMost, 5),
        stable: 0,
      },
      ...notes,
    });
  },
});

function mistakes(want: Want): readonly string[] {
  const found: string[] = [];
  if (/@(\.[a-z]+)?$/.test(want.unit)) {
    found.push(`${want.unit} is a template: name an instance, as in getty@tty1`);
  }
  if (want.masked === true && want.enabled === true) {
    found.push('a masked unit cannot be enabled');
  }
  if (want.masked === true && want.state !== undefined && want.state !== 'stopped') {
    found.push(`a masked unit cannot be ${want.state}`);
  }
  const asks = want.state ?? want.enabled ?? want.masked;
  if (asks === undefined && want.daemonReload !== true) {
    found.push('say state, enabled, masked or daemonReload: true');
  }
  return found;
}

function resultOf(id: string, of: Unit | undefined): SystemdResult {
  return {
    unit: id,
    activeState: of?.activeState ?? 'inactive',
    subState: of?.subState ?? 'dead',
    unitFileState: of?.unitFileState ?? '',
    mainPid: of?.mainPid ?? 0,
    invocationId: of?.invocationId ?? '',
    restarts: of?.restarts ?? 0,
  };
}

/** `restarted` and `reloaded`: judged by what the unit says afterwards (rule 18, actions). */
function actOn(
  want: Want,
  was: Unit | undefined,
  wrong: UnitDifferences,
  id: string,
): Plan<SystemdResult> {
  if (was === undefined) throw new StepError(`there is no unit ${id}`);
  const running = was.activeState === 'active' || was.activeState === 'reloading';
  if (want.state === 'reloaded' && running && !was.canReload) {
    throw new StepError(`${id} cannot reload`, { hint: "use state: 'restarted'" });
  }
  const verb = want.state === 'reloaded' && running ? ('reload' as const) : ('restart' as const);
  const steps = { ...wrong.steps, run: verb, reloadDaemon: reloadsDaemon(want, was) };
  return action({
    script: unitScript(id, want, steps),
    result: () => resultOf(id, { ...was, activeState: 'active', invocationId: '' }),
    invalidates: invalidatedBy(id, steps, was),
    differences: [
      ...wrong.differences,
      { what: 'state', from: was.activeState, to: want.state ?? '' },
    ],
    ...(wrong.notes.length === 0 ? {} : { notes: wrong.notes }),
    until: {
      atMost: want.settle.atMost,
      reads: [unit(want.unit, want.scope)],
      missing: ([answer]) => {
        if (answer === undefined || answer.answer !== 'value') return `${id} is gone`;
        return stillMissing(answer.value as Unit, was, verb, want.wait);
      },
    },
  });
}

const reloadsDaemon = (want: Want, was: Unit) =>
  want.daemonReload === true || (want.daemonReload === 'auto' && was.needDaemonReload);

function stillMissing(
  now: Unit,
  was: Unit,
  verb: 'reload' | 'restart',
  wait: boolean,
): string | undefined {
  const oneshot = now.type === 'oneshot' && !now.remainAfterExit;
  if (oneshot && now.activeState === 'inactive' && now.result === 'success') return undefined;
  const good = wait ? ['active'] : ['active', 'activating'];
  if (!good.includes(now.activeState)) {
    return `${now.id} is ${now.activeState} (${now.subState}), result ${now.result}`;
  }
  if (verb === 'restart' && now.invocationId === was.invocationId) {
    return `${now.id} still is the run that it was before`;
  }
  return undefined;
}
