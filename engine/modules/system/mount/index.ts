/** Module `mount`: a file system is mounted now, and at boot. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, predict, same, unpredictable, type Plan } from '../../../module/plan.ts';
import { absent, type Read } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import { mount as readMount, type Mount } from '../../../readers/files/mount.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { tree } from '../../../readers/files/tree.ts';
import { absolutePath } from '../../shared/argument.ts';
import { combineChanges, type ChangePart } from '../../shared/combine-changes.ts';
import {
  editReads,
  planEdit,
  type EditFile,
  type EditNow,
  type EditReads,
} from '../../shared/edit-file.ts';
import { freshFile, predictPath } from '../../shared/file-result.ts';
import { ifChanged } from '../../shared/keyed-lines/index.ts';
import { entryAt, withMount, withoutMount, type FstabEntry } from './fstab.ts';
import { isBind, liveChange, rereadFstab, unmounting, type WantedMount } from './live.ts';
import { parentOf, requireFolder } from '../../shared/parent.ts';

const word = z.string().regex(/^[^\s\0]+$/, 'must be one word');

const args = z.strictObject({
  path: absolutePath.describe('mount point; created if its parent exists'),
  src: z
    .string()
    .regex(/^[^\r\n\0]+$/)
    .optional()
    .describe("the source: '/dev/sdb1', 'UUID=…', 'server:/export', 'tmpfs', a folder to bind"),
  fstype: word.optional().describe("'ext4', 'xfs', 'nfs', 'tmpfs'; 'none' with the option bind"),
  options: z
    .union([word, z.array(word)])
    .default('defaults')
    .describe("'noatime,nofail', or a list"),
  dump: z.int().min(0).max(1).default(0).describe('fifth field of fstab'),
  pass: z.int().min(0).max(2).default(0).describe('sixth field: order of the checks at boot'),
  state: z
    .enum(['mounted', 'present', 'unmounted', 'absent'])
    .default('mounted')
    .describe('mounted: now and at boot; present: in fstab; unmounted: not now; absent: neither'),
  persist: z.boolean().default(true).describe('false: leave fstab alone'),
  fstab: absolutePath.default('/etc/fstab').describe('the table of file systems'),
});

type Want = z.output<typeof args>;

export interface MountResult {
  readonly path: string;
  readonly mounted: boolean;
  /** As the kernel names it; empty where nothing is mounted. */
  readonly source: string;
  readonly fstype: string;
  readonly options: readonly string[];
}

export const mount = defineModule({
  name: 'mount',
  summary: 'Mounts a file system now and at boot, or unmounts it.',
  args,
  example: `mount('scratch space', { path: '/srv/scratch', src: 'tmpfs', fstype: 'tmpfs', options: ['size=64m', 'nodev'] })`,
  returns: {
    path: 'the mount point',
    mounted: 'whether something is mounted there',
    source: 'as the kernel names it; empty where nothing is mounted',
    fstype: 'likewise',
    options: 'likewise, a list',
  },
  mistakes(want) {
    const found: string[] = [];
    const needs = want.state === 'mounted' || want.state === 'present';
    if (needs && (want.src === undefined || want.fstype === undefined)) {
      found.push(`state ${want.state} needs src and fstype`);
    }
    if (want.fstype === 'swap') found.push('swap is not mounted: use the module swap');
    if (want.fstype === 'none' && !isBind(wantedOf(want))) found.push('fstype none needs bind');
    if (want.state === 'present' && !want.persist) found.push('state present is fstab alone');
    if (plainPath(want.path) === '/' && ['unmounted', 'absent'].includes(want.state)) {
      found.push('/ cannot be unmounted');
    }
    return found;
  },
  reads: (want: Want): MountReads => ({
    ...editReads(fstabOf(want)),
    point: file({ path: want.path, follow: true }),
    above: file({ path: parentOf(plainPath(want.path)), follow: true }),
    mount: mountOf(want),
  }),
  plan,
});

const mountOf = (want: Want) => readMount({ path: plainPath(want.path), source: want.src });

const fstabOf = (want: Want): EditFile => ({
  path: want.fstab,
  state: want.state === 'absent' ? 'absent' : 'present',
  create: true,
  backup: false,
  unsafeWrites: false,
});

const optionsOf = ({ options }: Want): string =>
  typeof options === 'string' ? options : options.join(',');

const wantedOf = (want: Want): WantedMount => ({
  path: plainPath(want.path),
  source: want.src ?? '',
  fstype: want.fstype ?? 'auto',
  options: optionsOf(want).split(','),
});

type MountReads = EditReads & {
  readonly point: Read<FileValue>;
  readonly above: Read<FileValue>;
  readonly mount: Read<Mount>;
};

/** The values of `MountReads`. */
interface MountNow extends EditNow {
  readonly point: FileValue | undefined;
  readonly above: FileValue | undefined;
  readonly mount: Mount | undefined;
}

function plan(want: Want, is: MountNow, on: PlanContext): Plan<MountResult> {
  const parts = [...folderPart(want, is, on), ...livePart(want, is), ...fstabPart(want, is, on)];
  const mounted = want.state === 'mounted' || (want.state === 'present' && is.mount !== undefined);
  const result = resultOf(want, is.mount, parts.length > 0 ? mounted : is.mount !== undefined);
  if (parts.length === 0) return same(result);
  return change({ ...combineChanges(parts), result });
}

function resultOf(want: Want, is: Mount | undefined, mounted: boolean): MountResult {
  const { path, source, fstype, options } = wantedOf(want);
  if (!mounted) return { path, mounted, source: '', fstype: '', options: [] };
  if (is !== undefined) {
    return { path, mounted, source: is.source, fstype: is.fstype, options: is.options };
  }
  return { path, mounted, source, fstype, options };
}

function folderPart(want: Want, is: MountNow, on: PlanContext): readonly ChangePart[] {
  const path = plainPath(want.path);
  if (want.state !== 'mounted') return [];
  if (is.point !== undefined) {
    const fits =
      is.point.type === 'directory' || (isBind(wantedOf(want)) && is.point.type === 'file');
    if (fits) return [];
    throw new StepError(`${path} is a ${is.point.type}, not a folder to mount on`);
  }
  requireFolder(path, is.above);
  const fresh = freshFile({ type: 'directory', mode: '0755', links: 2 }, on.facts.user);
  return [
    {
      differences: [{ what: path, from: 'absent', to: 'directory' }],
      alters: [{ kind: 'folder', path, first: '0755' }],
      after: predictPath(path, fresh),
      invalidates: { paths: [path] },
    },
  ];
}

/** Before fstab: what cannot be mounted must not stop the next boot. */
function livePart(want: Want, is: MountNow): readonly ChangePart[] {
  const path = plainPath(want.path);
  const below = [unpredictable(file({ path })), unpredictable(tree(path))];
  const invalidates = { paths: [path], readers: ['mount'] };
  if (want.state === 'mounted') {
    const live = liveChange(wantedOf(want), is.mount);
    if (live === undefined) return [];
    const { differences, script } = live;
    const alters = [byScript('mount', script)];
    return [{ differences, alters, after: [...below, unpredictable(mountOf(want))], invalidates }];
  }
  if (want.state === 'present' || is.mount === undefined) return [];
  const from = `${is.mount.source} (${is.mount.fstype})`;
  return [
    {
      differences: [{ what: `mount at ${path}`, from, to: 'absent' }],
      alters: [byScript('mount', unmounting(path))],
      after: [...below, predict(mountOf(want), absent)],
      invalidates,
    },
  ];
}

function fstabPart(want: Want, is: MountNow, on: PlanContext): readonly ChangePart[] {
  if (!want.persist || want.state === 'unmounted') return [];
  const { path, source, fstype } = wantedOf(want);
  const { dump, pass } = want;
  const entry: FstabEntry = { path, source, fstype, dump, pass, options: optionsOf(want) };
  const edited = planEdit(fstabOf(want), is, on, (lines) => {
    const now = entryAt(lines, path);
    const what = `${path} in ${want.fstab}`;
    const from = now === undefined ? 'absent' : `${now.source} ${now.fstype} ${now.options}`;
    const isGone = want.state === 'absent';
    const all = isGone ? withoutMount(lines, path) : withMount(lines, entry);
    const to = isGone ? 'absent' : `${source} ${fstype} ${entry.options}`;
    return { lines: ifChanged(lines, all), secret: false, difference: { what, from, to } };
  });
  if (edited.plan !== 'change') return [];
  return [
    edited,
    {
      differences: [],
      alters: [byScript('unit', rereadFstab)],
      after: [],
      invalidates: { readers: ['unit'] },
    },
  ];
}
