/** Jobs as lines of a cron table: a comment that names the job, and the job below it. */
import { byScript } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, predict, same, invalidatesNothing, type Plan } from '../../../module/plan.ts';
import { absent, value } from '../../../module/reader.ts';
import { crontab } from '../../../readers/services/crontab.ts';
import { contentOf } from '../../../shell/content.ts';
import { sh, type Script } from '../../../shell/script.ts';
import type { CronJob } from './arguments.ts';
import { scheduleText } from './schedule.ts';
import {
  bytesOf,
  inFile,
  insertLines,
  linesOf,
  type FileLines,
  type Line,
} from '../../shared/file-lines.ts';
import type { FileResult } from '../../shared/file-result.ts';
import { onlyWith, type LineFormat } from '../../shared/keyed-lines/index.ts';

/** The name of the job in the line below. Ansible's jobs are taken over, not doubled. */
const markerLines: LineFormat<string> = {
  read: (text) => /^(?:# play: |#Ansible: )(.*)$/.exec(text)?.[1],
  keyOf: (name) => name,
  write: (name) => `# play: ${name}`,
  isSame: () => true,
};

/**
 * The lines of the table with the job as wanted, or undefined where it is.
 * @throws StepError when the table names the job twice
 */
export function editedJob(
  want: CronJob,
  file: FileLines,
  table: string,
): readonly Line[] | undefined {
  const name = inFile(want.name, file);
  const at = onlyWith(markerLines, file, name, `${table} names the job '${want.name}'`)?.index;
  if (at === undefined) {
    if (want.state === 'absent') return undefined;
    const texts = [markerLines.write(name), inFile(jobLine(want), file)];
    return insertLines(file, file.lines.length, texts);
  }
  const below = file.lines[at + 1];
  const hasJob =
    below !== undefined && below.text !== '' && markerLines.read(below.text) === undefined;
  const after = file.lines.slice(at + (hasJob ? 2 : 1));
  if (want.state === 'absent') return [...file.lines.slice(0, at), ...after];
  const job = inFile(jobLine(want), file);
  if (hasJob && below.text === job) return undefined;
  const kept = { ...file, lines: file.lines.slice(0, at + 1) };
  return [...insertLines(kept, at + 1, [job]), ...after];
}

/** The job's line before and after, for people. */
export function jobDifference(want: CronJob, before: readonly Line[], after: readonly Line[]) {
  const jobIn = (lines: readonly Line[]): string => {
    const at = lines.findIndex(({ text }) => markerLines.read(text) === want.name);
    return at < 0 ? 'absent' : (lines[at + 1]?.text ?? 'absent');
  };
  return { what: `job ${want.name}`, from: jobIn(before), to: jobIn(after) };
}

function jobLine(want: CronJob): string {
  const user = want.file === undefined ? [] : [want.user];
  const line = [scheduleText(want), ...user, want.job ?? ''].join(' ');
  return want.disabled ? `#${line}` : line;
}

/** Plans a job of a user's own table. */
export function planTable(
  want: CronJob,
  is: Buffer | undefined,
  on: PlanContext,
): Plan<FileResult> {
  const path = `crontab of ${want.user}`;
  const before = is ?? Buffer.alloc(0);
  const file = linesOf(before);
  const lines = editedJob(want, file, path);
  const state = (bytes: Buffer | undefined) =>
    ({ path, state: bytes ? 'file' : 'absent' }) as const;
  if (lines === undefined) return same(state(is));
  const bytes = bytesOf(lines, file.encoding);
  const gone = bytes.length === 0;
  const text = { path, before: before.toString(), after: bytes.toString() };
  return change({
    differences: [{ ...jobDifference(want, file.lines, lines), ...(on.diff && { text }) }],
    alters: [byScript('files', install(want.user, bytes))],
    after: [predict(crontab({ user: want.user }), gone ? absent : value(bytes))],
    invalidates: invalidatesNothing,
    result: state(gone ? undefined : bytes),
  });
}

/** crontab itself checks the table and puts it in place; a user needs no privilege for the own. */
function install(user: string, bytes: Buffer): Script {
  const who = sh`if [ "$(id -un)" = ${user} ]; then set --; else set -- -u ${user}; fi`;
  if (bytes.length === 0) return sh`${who}\ncrontab "$@" -r`;
  return sh`${who}\n${contentOf(bytes)} | crontab "$@" -`;
}
