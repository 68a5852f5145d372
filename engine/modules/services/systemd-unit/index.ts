/** Module `systemdUnit`: a unit file or a drop-in, which systemd has read. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { alterationsOf, type Alteration, byScript } from '../../../module/alteration.ts';
import type { Controller, Known, PlanContext } from '../../../module/module.ts';
import {
  change,
  predict,
  same,
  unpredictable,
  type Plan,
  type Prediction,
} from '../../../module/plan.ts';
import { value, type Read } from '../../../module/reader.ts';
import type { FileValue } from '../../../readers/files/file.ts';
import type { TextValue } from '../../../readers/files/text.ts';
import { unit as readUnit, type Unit } from '../../../readers/services/unit.ts';
import { contentOf, isContent, type Content } from '../../../shell/content.ts';
import { sh } from '../../../shell/script.ts';
import { absolutePath, plain } from '../../shared/argument.ts';
import { freshFile, predictPath } from '../../shared/file-result.ts';
import { modeSchema } from '../../shared/mode.ts';
import { parentOf } from '../../shared/parent.ts';
import { planPut, putReads, type PutFile } from '../../shared/put-file.ts';
import { isTemplateUnit, unitFileName, unitSections, unitText } from './text.ts';

const args = z.strictObject({
  unit: unitFileName.describe('name of the unit with its suffix: app.service, app@.service'),
  dropIn: z
    .string()
    .regex(/^[\w-]+$/, 'takes letters, digits, _ and -')
    .optional()
    .describe('write the drop-in UNIT.d/NAME.conf, for a unit of a package, in place of the unit'),
  sections: unitSections
    .optional()
    .describe("{ Service: { ExecStart: '/usr/bin/app' } }; a list is a line for each"),
  content: z
    .union([
      z.string(),
      z.custom<Content>(isContent, 'expected a text or a content').meta({ title: 'Content' }),
    ])
    .optional()
    .describe('the whole text, in place of sections'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  mode: modeSchema.default('0644').describe('permissions of the file'),
  daemonReload: z
    .boolean()
    .default(true)
    .describe('have systemd load it, also after changes by others; false: do not talk to systemd'),
  folder: absolutePath.default('/etc/systemd/system').describe('folder of the units'),
});

type Arguments = z.output<typeof args>;

interface Prepared extends Arguments {
  readonly put: PutFile;
}

export interface SystemdUnitResult {
  /** The file. */
  readonly path: string;
  /** `loaded`, `masked`, …; empty where systemd was not asked. */
  readonly loadState: string;
}

type UnitReads = {
  readonly file: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly text?: Read<TextValue>;
  readonly unit?: Read<Unit>;
};

/** The values of `UnitReads`. */
interface UnitNow {
  readonly file: FileValue | undefined;
  readonly parent: FileValue | undefined;
  readonly text?: TextValue | undefined;
  readonly unit?: Unit | undefined;
}

export const systemdUnit = defineModule({
  name: 'systemdUnit',
  summary: 'Manages a unit file or a drop-in, and has systemd load it.',
  args,
  example: `systemdUnit('limits of the database', {
  unit: 'postgresql.service',
  dropIn: 'limits',
  sections: { Service: { LimitNOFILE: 65536, Environment: ['A=1', 'B=2'] } },
})`,
  returns: { path: 'the file', loadState: 'loaded, masked, …; empty where systemd was not asked' },
  mistakes(want) {
    const given = [want.sections, want.content].filter((each) => each !== undefined).length;
    if (want.state === 'present' && given !== 1) return ['give sections or content'];
    return want.state === 'absent' && given > 0 ? ['state absent takes no content'] : [];
  },
  prepare: (want: Arguments, controller: Controller): Promise<Prepared> =>
    Promise.resolve({ ...want, put: putOf(want, controller.diff) }),
  reads: (want: Prepared, known: Known): UnitReads => ({
    ...putReads(want.put, known),
    ...(want.daemonReload && !isTemplateUnit(want.unit) && { unit: readUnit(want.unit) }),
  }),
  plan: (want, is, on) => (want.state === 'absent' ? planGone(want, is) : planThere(want, is, on)),
});

function putOf(want: Arguments, diff: boolean): PutFile {
  const { unit, dropIn, folder, content, sections = {} } = want;
  const dest = dropIn === undefined ? `${folder}/${unit}` : `${folder}/${unit}.d/${dropIn}.conf`;
  const text = content ?? unitText(sections);
  return {
    dest,
    content: isContent(text) ? text : contentOf(plain(text)),
    mode: want.mode,
    backup: false,
    force: true,
    follow: false,
    unsafeWrites: false,
    diff,
  };
}

function planThere(want: Prepared, is: UnitNow, on: PlanContext): Plan<SystemdUnitResult> {
  const path = want.put.dest;
  refuseMask(want, is.file);
  const made = want.dropIn !== undefined && is.parent === undefined;
  const folder = parentOf(path);
  const fresh = freshFile({ type: 'directory', mode: '0755', links: 2 }, on.facts.user);
  const file = planPut(want.put, { ...is, parent: is.parent ?? (made ? fresh : undefined) }, on);
  const stale = is.unit?.needDaemonReload === true;
  const result = { path, loadState: is.unit?.loadState ?? '' };
  if (file.plan !== 'change' && !stale) {
    refuseBroken(want, is.unit);
    return same(result);
  }
  const written = file.plan === 'change' ? file : { differences: [], alters: [], after: [] };
  return change({
    differences: [...written.differences, ...(stale ? [staleDifference] : [])],
    alters: [
      ...(made ? [{ kind: 'folder', path: folder, first: '0755' } as const] : []),
      ...alterationsOf(written),
      ...reload(want),
    ],
    after: [
      ...(made ? predictPath(folder, fresh) : []),
      ...written.after,
      ...predictUnit(want, is),
    ],
    invalidates: { paths: [made ? folder : path], readers: ['unit'] },
    result: { path, loadState: 'loaded' },
  });
}

const staleDifference = { what: 'unit files', from: 'changed on disk', to: 'loaded' };

const reload = ({ daemonReload }: Prepared): readonly Alteration[] =>
  daemonReload ? [{ kind: 'reload units' }] : [];

/** Whether it runs and starts at boot does not follow from its file; a new one is nobody's guess. */
function predictUnit(want: Prepared, { unit }: UnitNow): readonly Prediction[] {
  const read = readUnit(want.unit);
  const isFixed = unit === undefined || ['', 'static', 'bad'].includes(unit.unitFileState);
  if (isFixed || unit.loadState !== 'loaded') return [unpredictable(read)];
  return [predict(read, value({ ...unit, needDaemonReload: false }))];
}

function refuseMask(want: Prepared, is: FileValue | undefined): void {
  if (is?.type !== 'link' || is.target !== '/dev/null') return;
  throw new StepError(`${want.unit} is masked by ${want.put.dest}`, {
    hint: 'unmask it first: systemd(…, { unit, masked: false })',
  });
}

function refuseBroken(want: Prepared, is: Unit | undefined): void {
  if (is === undefined || !['bad-setting', 'error'].includes(is.loadState)) return;
  throw new StepError(`systemd does not load ${want.put.dest}: ${want.unit} is ${is.loadState}`, {
    hint: `see: systemctl status ${want.unit}`,
  });
}

function planGone(want: Prepared, is: UnitNow): Plan<SystemdUnitResult> {
  const path = want.put.dest;
  const result = { path, loadState: is.unit?.loadState ?? '' };
  if (is.file === undefined) return same(result);
  if (is.file.type === 'directory') throw new StepError(`${path} is a folder`);
  const folder = parentOf(path);
  const tidy = byScript('files', sh`rmdir -- ${folder} 2>/dev/null || :`);
  const runs = is.unit?.activeState === 'active' && want.dropIn === undefined;
  return change({
    differences: [{ what: 'state', from: is.file.type, to: 'absent' }],
    alters: [
      { kind: 'remove', path },
      ...(want.dropIn === undefined ? [] : [tidy]),
      ...reload(want),
    ],
    after: [...predictPath(path, undefined), unpredictable(readUnit(want.unit))],
    invalidates: { paths: [want.dropIn === undefined ? path : folder], readers: ['unit'] },
    result,
    ...(runs && { notes: [`${want.unit} still runs`] }),
  });
}
