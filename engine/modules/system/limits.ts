/** Module `limits`: a limit of pam_limits, as `ulimit` shows it after a login. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { absolutePath } from '../shared/argument.ts';
import { editReads, planEdit, type Edit, type EditFile } from '../shared/edit-file.ts';
import { fieldLines } from '../shared/keyed-lines/fields.ts';
import type { FileLines } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';
import {
  ifChanged,
  lastWith,
  notesOf,
  whichCounts,
  withEntry,
  withoutKeys,
  type LineFormat,
} from '../shared/keyed-lines/index.ts';

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

interface Limit {
  readonly domain: string;
  readonly type: string;
  readonly item: string;
  readonly value: string;
}

const fields = fieldLines(/#/);

const limitLines: LineFormat<Limit> = {
  read: (text) => {
    const [domain = '', type = '', item = '', value, ...more] = fields.of(text);
    return value === undefined || more.length > 0 ? undefined : { domain, type, item, value };
  },
  keyOf: ({ domain, type, item }) => `${domain} ${type} ${item}`,
  write: ({ domain, type, item, value }, old) => {
    const all = [domain, type, item, value];
    return old === undefined ? all.join('\t') : fields.put(old, all);
  },
  isSame: (is, wanted) => is.value === wanted.value,
};

function edit(want: Want, file: FileLines): Edit {
  const entry: Limit = { ...want, value: String(want.value) };
  const key = limitLines.keyOf(entry);
  const isGone = want.state === 'absent';
  const lines = isGone ? withoutKeys(limitLines, file, key) : withEntry(limitLines, file, entry);
  const now = lastWith(limitLines, file, key)?.value ?? 'absent';
  return {
    lines: ifChanged(file, lines),
    secret: false,
    difference: { what: key, from: now, to: isGone ? 'absent' : entry.value },
    ...(!isGone && notesOf(whichCounts(limitLines, file, key))),
  };
}
