/** Module `tmpfiles`: what systemd makes at boot in folders that do not last. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { alterationsOf, byScript } from '../../module/alteration.ts';
import type { PlanContext } from '../../module/module.ts';
import { change, same, unpredictable, type Difference, type Plan } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import type { References } from '../../module/reference.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { contentOf } from '../../shell/content.ts';
import { sh } from '../../shell/script.ts';
import { accountsOf } from '../shared/account-references.ts';
import { attributeDifferences } from '../shared/attributes.ts';
import { fileResult, fileReturns, predictPath, type FileResult } from '../shared/file-result.ts';
import { parentOf } from '../shared/parent.ts';
import { planPut, putReads, type PutFile } from '../shared/put-file.ts';

const word = z.string().regex(/^[^\s"'\0]+$/, 'must be one word without quotes');

const entry = z.strictObject({
  type: z
    .string()
    .regex(/^[a-zA-Z][+!=~^$-]*$/, 'is no type as tmpfiles.d(5) has them')
    .describe('type: d folder, f file, L link, z attributes only, …'),
  path: z.string().regex(/^\/[^\s"'\0]*$/, 'must be an absolute path without blanks and quotes'),
  mode: z
    .string()
    .regex(/^~?:?[0-7]{3,4}$/, "must be octal, as '0755'")
    .optional(),
  user: word.optional(),
  group: word.optional(),
  age: word.optional().describe('remove older entries below it: 10d'),
  argument: z
    .string()
    .regex(/^[^\r\n\0]*$/)
    .optional()
    .describe('content of a file, or target of a link'),
});

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'takes letters, digits and . _ -')
    .describe('the file: /etc/tmpfiles.d/NAME.conf'),
  entries: z
    .array(entry)
    .default([])
    .describe('lines of tmpfiles.d: type, path, mode, user, group, age, argument'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent: remove the file, keep what it created'),
});

type Want = z.output<typeof args>;
type Entry = z.output<typeof entry>;

type TmpfilesReads = {
  readonly file: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly [path: `/${string}`]: Read<FileValue>;
};

/** The values of `TmpfilesReads`. */
interface TmpfilesNow {
  readonly file: FileValue | undefined;
  readonly parent: FileValue | undefined;
  readonly [path: `/${string}`]: FileValue | undefined;
}

export const tmpfiles = defineModule({
  name: 'tmpfiles',
  summary: 'Manages a file of tmpfiles.d, and creates its entries at once.',
  args,
  example: `tmpfiles('run folder of the app', {
  name: 'app',
  entries: [{ type: 'd', path: '/run/app', mode: '0750', user: 'app', group: 'app' }],
})`,
  returns: fileReturns,
  mistakes: (want) =>
    want.state === 'present' && want.entries.length === 0 ? ['state present needs entries'] : [],
  refers: (want) =>
    Object.assign(
      {},
      ...(want.state === 'absent' ? [] : want.entries).map(({ user, group }, index) =>
        Object.fromEntries(
          Object.entries(accountsOf({ owner: user, group })).map(
            ([name, account]) => [`${name} ${index}`, account] as const,
          ),
        ),
      ),
    ) as References,
  reads(want): TmpfilesReads {
    const paths = want.state === 'present' ? want.entries.filter(isMade) : [];
    const { file: own, parent } = putReads(putOf(want), { get: () => undefined });
    const made = paths.map(({ path }) => [path, file({ path })] as const);
    return { ...Object.fromEntries(made), file: own, parent };
  },
  plan: (want, is, on) => (want.state === 'absent' ? planGone(want, is) : planThere(want, is, on)),
});

/** Types that make something of one certain name. */
const isMade = ({ type, path }: Entry): boolean =>
  /^[dDfFvqQL]/.test(type) && !type.includes('!') && !/[%*?[]/.test(path);

function putOf(want: Want): PutFile {
  const lines = want.entries.map(({ type, path, mode, user, group, age, argument }) =>
    [type, path, mode ?? '-', user ?? '-', group ?? '-', age ?? '-', argument ?? '']
      .join(' ')
      .trim(),
  );
  return {
    dest: `/etc/tmpfiles.d/${want.name}.conf`,
    content: contentOf(lines.map((line) => `${line}\n`).join('')),
    mode: '0644',
    backup: false,
    force: true,
    follow: false,
    unsafeWrites: false,
    diff: false,
  };
}

function planThere(want: Want, is: TmpfilesNow, on: PlanContext): Plan<FileResult> {
  const put = putOf(want);
  const plan = planPut(put, is, on);
  const wrong = want.entries.filter(isMade).flatMap((each) => differencesOf(each, is));
  if (plan.plan !== 'change' && wrong.length === 0) return same(fileResult(put.dest, is.file));
  const written =
    plan.plan === 'change'
      ? plan
      : { differences: [], alters: [], after: [], result: fileResult(put.dest, is.file) };
  const paths = want.entries.filter(isMade).map(({ path }) => path);
  return change({
    differences: [...written.differences, ...wrong],
    alters: [
      ...alterationsOf(written),
      byScript('files', sh`systemd-tmpfiles --create -- ${put.dest}`),
    ],
    after: [
      ...written.after,
      ...paths.flatMap((path) => [
        unpredictable(file({ path })),
        unpredictable(file({ path, follow: true })),
      ]),
    ],
    invalidates: { paths: [put.dest, ...want.entries.map(({ path }) => placeOf(path))] },
    result: written.result,
  });
}

/** The folder above the first part that systemd fills in. */
function placeOf(path: string): string {
  const at = path.search(/[%*?[]/);
  return at < 0 ? path : parentOf(path.slice(0, at) + 'x');
}

function differencesOf(each: Entry, is: TmpfilesNow): Difference[] {
  const { path, type, mode, user: owner, group, argument } = each;
  const now = is[path as `/${string}`];
  const kind = type.startsWith('L') ? 'link' : /^[fF]/.test(type) ? 'file' : 'directory';
  if (now === undefined) return [{ what: path, from: 'absent', to: kind }];
  if (kind === 'link') {
    const isWrong = type.includes('+') && argument !== undefined && now.target !== argument;
    return isWrong ? [{ what: path, from: now.target ?? now.type, to: argument }] : [];
  }
  if (now.type !== kind) {
    throw new StepError(`${path} is a ${now.type}, not a ${kind}`);
  }
  const exact = mode !== undefined && /^[0-7]+$/.test(mode) ? { mode } : {};
  return attributeDifferences({ ...exact, owner, group }, now).map((difference) => ({
    ...difference,
    what: `${difference.what} of ${path}`,
  }));
}

function planGone(want: Want, is: TmpfilesNow): Plan<FileResult> {
  const { dest } = putOf(want);
  if (is.file === undefined) return same(fileResult(dest, undefined));
  return change({
    differences: [{ what: 'state', from: is.file.type, to: 'absent' }],
    alters: [{ kind: 'remove', path: dest }],
    after: predictPath(dest, undefined),
    invalidates: { paths: [dest] },
    result: fileResult(dest, undefined),
  });
}
