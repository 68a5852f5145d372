/** Module `cron`: a job in a user's table, or in a file of /etc/cron.d. */
import { defineModule } from '../../../dsl/define-module.ts';
import type { Read } from '../../../module/reader.ts';
import type { References } from '../../../module/reference.ts';
import { crontab } from '../../../readers/services/crontab.ts';
import type { FileValue } from '../../../readers/files/file.ts';
import type { TextValue } from '../../../readers/files/text.ts';
import { userReference } from '../../shared/account-references.ts';
import { editedJob, jobDifference, planTable } from './table.ts';
import { editReads, planEdit, type EditFile } from '../../shared/edit-file.ts';
import { args, type CronJob } from './arguments.ts';

type CronReads = {
  readonly table?: Read<Buffer>;
  readonly file?: Read<FileValue>;
  readonly text?: Read<TextValue>;
  readonly parent?: Read<FileValue>;
};

/** A job of cron. */
export const cron = defineModule({
  name: 'cron',
  summary: "Manages a job in a user's crontab or in a file of /etc/cron.d.",
  args,
  example: `cron('nightly backup', { name: 'backup', minute: 30, hour: 2, job: '/usr/local/bin/backup', file: 'backup' })`,
  returns: { path: 'the file, or whose crontab', state: 'file or absent' },
  mistakes(want) {
    const mistakes: string[] = [];
    if (want.state === 'present' && want.job === undefined) mistakes.push('give the job');
    const fields = [want.minute, want.hour, want.day, want.month, want.weekday];
    if (want.special !== undefined && fields.some((field) => field !== '*')) {
      mistakes.push('give special or the five fields, not both');
    }
    return mistakes;
  },
  // cron leaves a whole file of cron.d alone where it does not know a user in it
  refers: (want): References =>
    want.state === 'absent' || want.user === 'root' ? {} : { user: userReference(want.user) },
  reads: (want): CronReads =>
    want.file === undefined ? { table: crontab({ user: want.user }) } : editReads(cronFile(want)),
  plan(want, is, on) {
    if (want.file === undefined) return planTable(want, is.table, on);
    const now = { file: is.file, text: is.text, parent: is.parent };
    return planEdit(cronFile(want), now, on, (file) => {
      const lines = editedJob(want, file, cronFile(want).path);
      const difference = jobDifference(want, file.lines, lines ?? file.lines);
      return { difference, lines, secret: false };
    });
  },
});

/** cron takes only files of root that nobody else can write. */
function cronFile(want: CronJob): EditFile {
  const present = want.state === 'present';
  return {
    path: `/etc/cron.d/${want.file ?? ''}`,
    state: want.state,
    create: present,
    backup: false,
    unsafeWrites: false,
    ...(present && { mode: '0644', owner: 'root', group: 'root' }),
  };
}
