/** Module `limits`: a limit of pam_limits, as `ulimit` shows it after a login. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { absolutePath } from '../shared/argument.ts';
import { editReads, planEdit, type Edit, type EditFile } from '../shared/edit-file.ts';
import { insertLines, type FileLines, type Line } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';

const args = z.strictObject({
  domain: z
    .string()
    .regex(/^[@%]?[\w.:*$-]+$/, 'is no user, @group, uid range or *')
    .describe('a user, @group, a range of uids, or * for everybody but root'),
  type: z
    .enum(['soft', 'hard', '-'])
    .default('-')
    .describe('soft: the initial limit; hard: the greatest that the user can set; -: both'),
  item: z
    .enum([
      'as',
      'chroot',
      'core',
      'cpu',
      'data',
      'fsize',
      'locks',
      'maxlogins',
      'maxsyslogins',
      'memlock',
      'msgqueue',
      'nice',
      'nofile',
      'nonewprivs',
      'nproc',
      'priority',
      'rss',
      'rtprio',
      'sigpending',
      'stack',
    ])
    .describe('resource: nofile, nproc, memlock, core, …'),
  value: z
    .union([z.int().min(-20), z.enum(['unlimited', 'infinity'])])
    .optional()
    .describe('the limit, in the unit of the item'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  file: absolutePath
    .default('/etc/security/limits.d/99-tsplay.conf')
    .describe('the file; later files of limits.d win'),
});

type Want = z.output<typeof args>;

export const limits = defineModule({
  name: 'limits',
  summary: 'Manages a limit of user sessions in a file of /etc/security/limits.d.',
  args,
  example: `limits('many open files', { domain: '*', item: 'nofile', value: 65536 })`,
  returns: fileReturns,
  mistakes(want) {
    if (want.state === 'present' && want.value === undefined) return ['state present needs value'];
    if (want.state === 'absent' && want.value !== undefined) return ['state absent takes no value'];
    return [];
  },
  reads: (want) => editReads(fileOf(want)),
  plan: (want, is, on) => planEdit(fileOf(want), is, on, (file) => edit(want, file)),
});

const fileOf = (want: Want): EditFile => ({
  path: want.file,
  state: want.state,
  create: want.state === 'present',
  backup: false,
  unsafeWrites: false,
});

/** Fields of a line that sets this limit, comments cut off. */
function ownFields(want: Want, { text }: Line): readonly string[] | undefined {
  const fields = text.replace(/#.*/, '').trim().split(/\s+/);
  const [domain, type, item] = fields;
  const own = domain === want.domain && type === want.type && item === want.item;
  return own && fields.length === 4 ? fields : undefined;
}

/** Of two lines for the same limit the last one counts; one stays. */
function edit(want: Want, file: FileLines): Edit {
  const found = file.lines.flatMap((line, index) => {
    const fields = ownFields(want, line);
    return fields ? [{ index, value: fields[3] ?? '' }] : [];
  });
  const last = found.at(-1);
  const what = `${want.domain} ${want.type} ${want.item}`;
  const sides = (to: string) => ({ what, from: last?.value ?? 'absent', to });
  if (want.state === 'absent') {
    if (last === undefined) return { lines: undefined, secret: false };
    const lines = file.lines.filter((line) => ownFields(want, line) === undefined);
    return { lines, secret: false, difference: sides('absent') };
  }
  const value = String(want.value);
  if (last?.value === value) return { lines: undefined, secret: false };
  const text = `${want.domain}\t${want.type}\t${want.item}\t${value}`;
  if (last === undefined) {
    const lines = insertLines(file, file.lines.length, [text]);
    return { lines, secret: false, difference: sides(value) };
  }
  const old = file.lines[last.index];
  const changed = (old?.text ?? '').replace(
    /(\S+)(\s*(?:#.*)?)$/,
    (_, __, rest: string) => value + rest,
  );
  const lines = file.lines.with(last.index, { text: changed, end: old?.end ?? file.end });
  return { lines, secret: false, difference: sides(value) };
}
