/** Module `timezone`: the time zone of the host. */
import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { StepError } from '../errors.ts';
import type { PlanContext } from '../module/module.ts';
import { change, same, type Plan } from '../module/plan.ts';
import type { Read } from '../module/reader.ts';
import { file, type FileValue } from '../readers/file.ts';
import { linkFunctions } from '../shell/library-files.ts';
import { joinScripts, rawScript, sh } from '../shell/script.ts';
import { combineChanges, type ChangePart } from './combine-changes.ts';
import { editReads, planEdit, type EditFile, type EditNow, type EditReads } from './edit-file.ts';
import { freshFile, predictPath } from './file-result.ts';

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/, "is no time zone, as 'Europe/Berlin'")
    .describe("as the time zone database has it: 'UTC', 'Europe/Berlin'"),
});

type Want = z.output<typeof args>;

export interface TimezoneResult {
  readonly name: string;
}

const link = '/etc/localtime';
const base = '/usr/share/zoneinfo';
/** What Debian's packages read; kept right where it is there. */
const named: EditFile = {
  path: '/etc/timezone',
  state: 'present',
  create: false,
  backup: false,
  unsafeWrites: false,
};

type TimezoneReads = EditReads & {
  readonly link: Read<FileValue>;
  readonly zone: Read<FileValue>;
};

/** The values of `TimezoneReads`. */
interface TimezoneNow extends EditNow {
  readonly link: FileValue | undefined;
  readonly zone: FileValue | undefined;
}

export const timezone = defineModule({
  name: 'timezone',
  summary: 'Sets the time zone; services take it with their next start.',
  args,
  example: `timezone('all hosts alike', { name: 'UTC' })`,
  returns: { name: 'the time zone' },
  reads: (want: Want): TimezoneReads => ({
    ...editReads(named),
    link: file({ path: link }),
    zone: file({ path: `${base}/${want.name}`, follow: true }),
  }),
  plan(want, is, on): Plan<TimezoneResult> {
    if (is.zone?.type !== 'file') {
      throw new StepError(`the host has no time zone ${want.name}`, {
        hint: `${base}/${want.name} is missing: is it written right, and is the package tzdata installed?`,
      });
    }
    const parts = [...linkPart(want, is, on), ...namePart(want, is, on)];
    const result = { name: want.name };
    return parts.length === 0 ? same(result) : change({ ...combineChanges(parts), result });
  },
});

function linkPart(want: Want, is: TimezoneNow, on: PlanContext): readonly ChangePart[] {
  const target = `${base}/${want.name}`;
  if (is.link?.type === 'directory') throw new StepError(`${link} is a folder`);
  const now = is.link?.target?.replace(/^\.\.\//, '/');
  if (is.link?.type === 'link' && now === target) return [];
  const from = now?.replace(`${base}/`, '') ?? is.link?.type ?? 'absent';
  const made = freshFile(
    { type: 'link', mode: '0777', size: target.length, target },
    on.facts.user,
  );
  return [
    {
      differences: [{ what: 'time zone', from, to: want.name }],
      script: joinScripts([rawScript('', linkFunctions), sh`play_link ${link} ${target} -s`], ''),
      after: predictPath(link, made).slice(0, 1),
      touches: { paths: [link] },
    },
  ];
}

function namePart(want: Want, is: TimezoneNow, on: PlanContext): readonly ChangePart[] {
  if (is.file === undefined) return [];
  const edited = planEdit(named, is, on, (lines) => {
    const now = lines.lines[0]?.text.trim() ?? '';
    const right = now === want.name ? undefined : [{ text: want.name, end: '\n' }];
    const difference = { what: named.path, from: now, to: want.name };
    return { lines: right, secret: false, difference };
  });
  return edited.plan === 'change' ? [edited] : [];
}
