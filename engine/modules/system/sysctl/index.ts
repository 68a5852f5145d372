/** Kernel parameters. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import type { ChangePart } from '../../shared/combine-changes.ts';
import { alterationsOf, byScript } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import {
  change,
  predict,
  same,
  type Change,
  type Plan,
  type Prediction,
} from '../../../module/plan.ts';
import { value } from '../../../module/reader.ts';
import {
  sysctl as readSysctl,
  sysctlName,
  sysctlPath,
  sysctlSettings,
} from '../../../readers/system/sysctl.ts';
import type { SysctlSetting } from '../../../readers/system/sysctl.ts';
import { sh, type Script } from '../../../shell/script.ts';
import { absolutePath } from '../../shared/argument.ts';
import { editReads, planEdit, type EditFile, type EditNow } from '../../shared/edit-file.ts';
import { notesOf, whichCounts } from '../../shared/keyed-lines/index.ts';
import { sameTokens, sysctlLines, valueInFile, withoutValue, withValue } from './lines.ts';
import { whyMissing } from './missing.ts';

const args = z.strictObject({
  key: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.,:@/-]*$/, 'is not the name of a kernel parameter')
    .describe('name, as in `net.ipv4.ip_forward`'),
  value: z
    .union([z.string().regex(/^[^\r\n\0]*$/, 'must be one line'), z.number(), z.boolean()])
    .optional()
    .describe('true and false are 1 and 0; a text is used as it is'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent: remove the line from the file'),
  file: absolutePath
    .default('/etc/sysctl.d/99-tsplay.conf')
    .describe('file that sets it at boot; give each role its own'),
  reload: z.boolean().default(true).describe('also set it in the running kernel'),
  ignoreMissing: z
    .boolean()
    .default(false)
    .describe('ignore it if the kernel does not know it: only write the file'),
});
type Want = z.output<typeof args>;

export interface SysctlResult {
  readonly key: string;
  /** In the running kernel; empty where it has no such parameter. */
  readonly value: string;
}

export const sysctl = defineModule({
  name: 'sysctl',
  summary: 'Sets a kernel parameter, now and at boot.',
  args,
  example: `sysctl('forwarding', { key: 'net.ipv4.ip_forward', value: true, file: '/etc/sysctl.d/50-router.conf' });`,
  returns: {
    key: 'its name with dots',
    value: 'what the running kernel says; empty where it has no such parameter',
  },
  mistakes: (want: Want) => {
    if (want.state === 'present' && want.value === undefined) return ['state present needs value'];
    if (want.state === 'absent' && want.value !== undefined) return ['state absent takes no value'];
    return [];
  },
  reads: (want: Want) => ({
    ...editReads(fileOf(want)),
    settings: sysctlSettings('all'),
    live: readSysctl(want.key),
  }),
  plan: planSysctl,
});

const reloads = (want: Want) => want.reload && want.state === 'present';

const fileOf = (want: Want): EditFile => ({
  path: want.file,
  state: want.state,
  create: want.state === 'present',
  backup: false,
  unsafeWrites: false,
});

/** Only real booleans are numbers: `'yes'` may be what the kernel wants to read. */
const textOf = (of: Want['value']): string =>
  typeof of === 'boolean' ? String(Number(of)) : String(of ?? '');

function planSysctl(
  want: Want,
  is: EditNow & {
    readonly settings: readonly SysctlSetting[] | undefined;
    readonly live: string | undefined;
  },
  on: PlanContext,
): Plan<SysctlResult> {
  const name = sysctlName(want.key);
  const text = textOf(want.value);
  const missing = reloads(want) && is.live === undefined;
  if (missing && !want.ignoreMissing) {
    throw new StepError(`the kernel ${on.facts.kernel} has no ${name} here`, {
      hint: whyMissing(name),
    });
  }
  const edited = planEdit(fileOf(want), is, on, (file) => ({
    difference: {
      what: `${name} in ${want.file}`,
      from: valueInFile(file, name) ?? 'absent',
      to: want.state === 'present' ? text : 'absent',
    },
    lines: want.state === 'present' ? withValue(file, name, text) : withoutValue(file, name),
    secret: false,
    ...(want.state === 'present' && notesOf(whichCounts(sysctlLines, file, name))),
  }));
  const stale = is.live !== undefined && reloads(want) && !sameTokens(is.live, text);
  const result = { key: name, value: stale ? text : (is.live ?? '') };
  const notes = [
    ...(edited.notes ?? []),
    ...(missing ? [`the kernel ${on.facts.kernel} has no ${name}: ${whyMissing(name)}`] : []),
    ...(want.state === 'present' ? overridden(want, name, text, is.settings ?? []) : []),
  ];
  if (edited.plan !== 'change' && !stale) return same(result, notes.length > 0 ? notes : undefined);
  return change({
    ...parts(
      edited.plan === 'change' ? edited : undefined,
      stale ? { name, text, on } : undefined,
      is.live,
    ),
    result,
    ...(notes.length > 0 && { notes }),
  });
}

interface Live {
  readonly name: string;
  readonly text: string;
  readonly on: PlanContext;
}

/** The kernel first: a value that it refuses never stands in the file. */
function parts(
  edited: Change<unknown> | undefined,
  live: Live | undefined,
  now: string | undefined,
): ChangePart {
  const invalidated = edited?.invalidates === 'everything' ? undefined : edited?.invalidates?.paths;
  return {
    differences: [
      ...(edited?.differences ?? []),
      ...(live ? [{ what: `${live.name} in the kernel`, from: now, to: live.text }] : []),
    ],
    alters: [
      ...(live ? [byScript('kernel parameter', setLive(live))] : []),
      ...(edited ? alterationsOf(edited) : []),
    ],
    after: [...(edited?.after ?? []), ...(live ? predictLive(live) : [])],
    invalidates: {
      ...(invalidated && { paths: invalidated }),
      ...(live && !live.on.check && { readers: ['sysctl'] }),
    },
  };
}

/** The kernel says no by an error of the write, whose words the shell would keep to itself. */
function setLive({ name, text }: Live): Script {
  return sh`if ! { printf '%s\n' ${text} >${sysctlPath(name)}; } 2>/dev/null; then
  printf 'the kernel did not take %s for %s: ' ${text} ${name} >&2
  { printf '%s\n' ${text} | dd of=${sysctlPath(name)} 2>&1 | sed -n -e '/dd:/{' -e 's/.*: //' -e p -e q -e '}'; } >&2
  exit 1
fi`;
}

/** Forwarding has two names and is passed on to all interfaces that are there and to come. */
function predictLive({ name, text }: Live): readonly Prediction[] {
  const twins =
    name === 'net.ipv4.ip_forward' || name === 'net.ipv4.conf.all.forwarding'
      ? ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.ipv4.conf.default.forwarding']
      : [name];
  return twins.map((one) => predict(readSysctl(one), value(text)));
}

/** At boot the last file wins. */
function overridden(
  want: Want,
  name: string,
  text: string,
  settings: readonly SysctlSetting[],
): readonly string[] {
  const own = settings.findLastIndex((one) => one.path === want.file);
  const after =
    own === -1
      ? settings.filter((one) => comesLater(one.path, want.file))
      : settings.slice(own + 1);
  const winner = after.findLast((one) => one.name === name && one.path !== want.file);
  if (winner === undefined || sameTokens(winner.value, text)) return [];
  return [`at boot ${winner.path}, which is read later, sets ${name} to ${winner.value}`];
}

function comesLater(path: string, than: string): boolean {
  const last = '/etc/sysctl.conf';
  const nameOf = (of: string) => of.slice(of.lastIndexOf('/') + 1);
  return than !== last && (path === last || nameOf(path) > nameOf(than));
}
