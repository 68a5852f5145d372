/** Module `unarchive`: what an archive holds is in a folder of the host. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import type { PlanContext } from '../../../module/module.ts';
import {
  change,
  predict,
  same,
  unpredictable,
  type Difference,
  type Plan,
} from '../../../module/plan.ts';
import { value, type Read } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { tree } from '../../../readers/files/tree.ts';
import { unpacked, type Unpacked } from '../../../readers/files/unpacked.ts';
import type { Content } from '../../../shell/content.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { absolutePath } from '../../shared/argument.ts';
import { attributeArgs, ownership } from '../../shared/attributes.ts';
import { freshFile, predictPath } from '../../shared/file-result.ts';
import { parentOf, requireFolder } from '../../shared/parent.ts';
import { unpackScript, type ArchiveFormat } from './script.ts';

const formats = ['tar', 'tar.gz', 'tar.bz2', 'tar.xz', 'tar.zst', 'zip'] as const;

const args = z.strictObject({
  src: z.string().min(1).optional().describe('a local archive, looked up in files/'),
  remoteSrc: absolutePath.optional().describe('an archive on the host itself'),
  dest: absolutePath.describe('folder on the host; created if its parent exists'),
  format: z.enum(formats).optional().describe('format of the archive; default: by its name'),
  strip: z.int().min(0).max(9).default(0).describe('number of leading path components to strip'),
  creates: absolutePath.optional().describe('a path; if it exists, nothing is unpacked'),
  verify: z
    .boolean()
    .default(true)
    .describe('compare every file each time; false: only the digest of the archive'),
  owner: attributeArgs.owner.describe(
    'owner of everything, name or uid; default: the user of the task',
  ),
  group: attributeArgs.group.describe('group of everything, name or gid'),
  mode: attributeArgs.mode.describe(
    "mode of everything, as 'u=rwX,go=rX'; default: as in the archive",
  ),
});

type Arguments = z.output<typeof args>;

interface Prepared extends Arguments {
  readonly content?: Content;
  readonly kind: ArchiveFormat;
}

export interface UnarchiveResult {
  /** The folder. */
  readonly path: string;
  /** sha256 of the archive. */
  readonly digest: string;
}

type UnarchiveReads = {
  readonly folder: Read<FileValue>;
  readonly parent: Read<FileValue>;
  readonly unpacked: Read<Unpacked>;
  readonly source?: Read<FileValue>;
  readonly creates?: Read<FileValue>;
};

/** The values of `UnarchiveReads`. */
interface UnarchiveNow {
  readonly folder: FileValue | undefined;
  readonly parent: FileValue | undefined;
  readonly unpacked: Unpacked | undefined;
  readonly source?: FileValue | undefined;
  readonly creates?: FileValue | undefined;
}

export const unarchive = defineModule({
  name: 'unarchive',
  summary: 'Unpacks an archive of the controller or the host into a folder, once.',
  args,
  example: `unarchive('the release', { src: 'app-1.2.tar.gz', dest: '/opt/app', strip: 1, owner: 'app' })`,
  returns: { path: 'the folder', digest: 'sha256 of the archive; empty where creates held' },
  mistakes(want) {
    const found: string[] = [];
    if ((want.src === undefined) === (want.remoteSrc === undefined)) {
      found.push('unarchive takes exactly one of src and remoteSrc');
    }
    const name = want.src ?? want.remoteSrc ?? '';
    if (want.format === undefined && formatOf(name) === undefined) {
      found.push(`${name} does not tell what it is: give format`);
    }
    return found;
  },
  async prepare(want, controller): Promise<Prepared> {
    const kind = want.format ?? formatOf(want.src ?? want.remoteSrc ?? '') ?? 'tar';
    const all = { ...want, dest: plainPath(want.dest), kind };
    return want.src === undefined ? all : { ...all, content: await controller.file(want.src) };
  },
  ...ownedFile,
  reads: (want: Prepared): UnarchiveReads => ({
    folder: file({ path: want.dest, follow: true }),
    parent: file({ path: parentOf(want.dest), follow: true }),
    unpacked: unpackedOf(want),
    ...(want.remoteSrc !== undefined && {
      source: file({ path: want.remoteSrc, follow: true, digest: true }),
    }),
    ...(want.creates !== undefined && { creates: file({ path: want.creates }) }),
  }),
  plan,
});

function formatOf(name: string): ArchiveFormat | undefined {
  const ending = /\.(tar|tgz|tbz2?|txz|tzst|tar\.(?:gz|bz2|xz|zst)|zip|jar|whl)$/i.exec(name)?.[1];
  const long: Readonly<Record<string, ArchiveFormat>> = {
    tgz: 'tar.gz',
    tbz: 'tar.bz2',
    tbz2: 'tar.bz2',
    txz: 'tar.xz',
    tzst: 'tar.zst',
    jar: 'zip',
    whl: 'zip',
  };
  const lower = ending?.toLowerCase() ?? '';
  return long[lower] ?? formats.find((each) => each === lower);
}

/** One marker for each archive by its name, so that a folder can be filled from several. */
function markerOf(want: Arguments): string {
  const source = want.src ?? want.remoteSrc ?? '';
  const name = source.slice(source.lastIndexOf('/') + 1).replaceAll(/[^\w.-]/g, '_');
  return `.play-unpacked-${name}`;
}

const unpackedOf = (want: Arguments) =>
  unpacked({ folder: plainPath(want.dest), marker: markerOf(want), verify: want.verify });

function plan(want: Prepared, is: UnarchiveNow, on: PlanContext): Plan<UnarchiveResult> {
  const { dest } = want;
  if (is.creates !== undefined) return same({ path: dest, digest: '' });
  if (is.folder !== undefined && is.folder.type !== 'directory') {
    throw new StepError(`${dest} is a ${is.folder.type}, not a folder`);
  }
  const digest = want.content?.digest ?? digestOf(want, is.source);
  const line = `sha256 ${digest} strip ${want.strip}`;
  const result = { path: dest, digest };
  const differing = is.unpacked?.differing ?? [];
  if (is.unpacked?.of === line && differing.length === 0) return same(result);
  if (is.folder === undefined) requireFolder(dest, is.parent);
  const fresh = freshFile({ type: 'directory', mode: '0755', links: 2 }, on.facts.user);
  return change({
    differences: differencesOf(want, is.folder, is.unpacked, line),
    alters: [
      ...(is.folder === undefined ? [{ kind: 'folder', path: dest, first: '0755' } as const] : []),
      byScript(
        'files',
        unpackScript({
          archive: want.content ?? { hostPath: want.remoteSrc ?? '', digest },
          format: want.kind,
          dest,
          strip: want.strip,
          owner: ownership(want),
          mode: want.mode ?? '',
          marker: markerOf(want),
          line,
        }),
      ),
    ],
    after: [
      predict(unpackedOf(want), value({ of: line, differing: [] })),
      ...(is.folder === undefined ? predictPath(dest, fresh) : []),
      unpredictable(tree(dest)),
    ],
    invalidates: { paths: [dest] },
    result,
    timeout: 1800,
  });
}

function digestOf({ remoteSrc = '' }: Prepared, source: FileValue | undefined): string {
  if (source === undefined) throw new StepError(`cannot unpack ${remoteSrc}: it does not exist`);
  if (source.type !== 'file') throw new StepError(`${remoteSrc} is a ${source.type}, not a file`);
  return source.digest ?? '';
}

function differencesOf(
  want: Prepared,
  folder: FileValue | undefined,
  now: Unpacked | undefined,
  line: string,
): Difference[] {
  const { dest } = want;
  const archive = want.src ?? want.remoteSrc;
  if (folder === undefined) return [{ what: dest, from: 'absent', to: `unpacked from ${archive}` }];
  if (now?.of !== line) {
    const from = now === undefined ? 'not unpacked' : 'unpacked from another one';
    return [{ what: dest, from, to: `unpacked from ${archive}` }];
  }
  const told = now.differing.slice(0, 10);
  const more = now.differing.length - told.length;
  return [
    ...told.map((path) => ({
      what: `${dest}/${path}`,
      from: 'changed or missing',
      to: 'as in the archive',
    })),
    ...(more > 0
      ? [{ what: `${more} more files`, from: 'changed or missing', to: 'as in the archive' }]
      : []),
  ];
}
