/** What of a mirrored folder is not as wanted, and the alterations that make it so. */
import { StepError } from '../../../errors.ts';
import { byScript, type Alteration } from '../../../module/alteration.ts';
import type { SourceFile } from '../../../module/file-source.ts';
import type { PlanContext } from '../../../module/module.ts';
import {
  change,
  same,
  unpredictable,
  type Change,
  type Difference,
  type Same,
} from '../../../module/plan.ts';
import type { FileValue } from '../../../readers/files/file.ts';
import { tree, type TreeValue } from '../../../readers/files/tree.ts';
import { unpackFunctions } from '../../../shell/host/library-tree.ts';
import { joinScripts, rawScript, sh } from '../../../shell/script.ts';
import {
  attributeDifferences,
  ownership,
  predictAttributes,
  setAttributes,
  type Attributes,
} from '../../shared/attributes.ts';
import { freshFile, predictPath } from '../../shared/file-result.ts';
import { archiveOf } from './stream.ts';
import { resolveMode } from '../../shared/mode.ts';
import { requireFolder } from '../../shared/parent.ts';
import { modifiedDifference, setModified } from '../../shared/times.ts';
import { writeFile } from '../../shared/write-file.ts';

export interface Mirror extends Attributes {
  readonly dest: string;
  readonly directoryMode: string;
  readonly delete: boolean;
  readonly compress: boolean;
  /** False: the content of a file that is there is left alone. Default true. */
  readonly force?: boolean | undefined;
  /** Keep what is replaced as FILE.TIME~. */
  readonly backup?: boolean | undefined;
  readonly files: readonly SourceFile[];
  /** Folders below `dest`, parents first; `dest` itself left out. */
  readonly folders: readonly string[];
}

export interface MirrorResult {
  readonly path: string;
  /** sha256 of each file, by its path below `path`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What is there, by absolute path; `tree` where what is too much is to go. */
export interface MirrorNow {
  readonly [path: `/${string}`]: FileValue | undefined;
  readonly tree?: TreeValue | undefined;
}

/** One file and what is at its place. */
interface Target {
  readonly file: SourceFile;
  readonly path: string;
  readonly want: Attributes;
  readonly is: FileValue | undefined;
}

export const pathIn = (dest: string, path: string): `/${string}` =>
  `${dest === '/' ? '' : dest}/${path}` as `/${string}`;

export function planMirror(
  mirror: Mirror,
  is: MirrorNow,
  parent: FileValue | undefined,
  on: PlanContext,
): Same<MirrorResult> | Change<MirrorResult> {
  const folders = [mirror.dest, ...mirror.folders.map((path) => pathIn(mirror.dest, path))].map(
    (path) => ({ path, is: folderAt(path, is) }),
  );
  if (folders[0]?.is === undefined) requireFolder(mirror.dest, parent);
  const missing = folders.filter((folder) => folder.is === undefined);
  const targets = mirror.files.map((file): Target => target(mirror, file, is));
  const sent = new Set(targets.filter((each) => isSent(each, mirror)));
  const set = targets.filter((each) => !sent.has(each) && ownDifferences(each).length > 0);
  const surplus = mirror.delete ? surplusOf(mirror, is.tree) : [];
  const result = {
    path: mirror.dest,
    digests: Object.fromEntries(mirror.files.map(({ path, content }) => [path, content.digest])),
  };
  const differences = [
    ...told(missing.map(({ path }) => ({ what: path, from: 'absent', to: 'directory' }))),
    ...told([...sent].map(contentDifference)),
    ...told(set.flatMap(ownDifferences)),
    ...told(surplus.map((path) => ({ what: path, from: 'present', to: 'absent' }))),
  ];
  if (differences.length === 0) return same(result);
  return change({
    differences,
    alters: [
      ...surplus.map((path) => ({ kind: 'remove', path, withAllBelow: true }) as const),
      ...missing.map(({ path }) => makeFolder(path, mirror)),
      ...(sent.size === 0 ? [] : send(mirror, [...sent], on)),
      ...set.flatMap(setOwn),
    ],
    after: predictions(mirror, missing, [...sent, ...set], surplus, on),
    invalidates: {
      paths: [
        ...missing.map(({ path }) => path),
        ...[...sent, ...set].map(({ path }) => path),
        ...surplus,
      ],
    },
    result,
  });
}

function isSent({ file, is }: Target, { force = true }: Mirror): boolean {
  return is === undefined || (force && is.digest !== file.content.digest);
}

/** A link that stays has no attributes that would be the file's. */
function setOwn({ path, want, is, file }: Target): readonly Alteration[] {
  if (is?.type !== 'file') return [];
  return [
    ...(attributeDifferences(want, is).length > 0 ? [setAttributes(path, want, is)] : []),
    ...setModified(path, file.modified),
  ];
}

function folderAt(path: string, is: MirrorNow): FileValue | undefined {
  const now = is[path as `/${string}`];
  if (now === undefined || now.type === 'directory') return now;
  throw new StepError(`${path} is a ${now.type}, not a folder`);
}

function target(mirror: Mirror, file: SourceFile, is: MirrorNow): Target {
  const path = pathIn(mirror.dest, file.path);
  const now = is[path];
  if (now !== undefined && now.type !== 'file' && now.type !== 'link') {
    throw new StepError(`${path} is a ${now.type}, not a file`);
  }
  const { owner, group } = mirror;
  const want = { owner, group, mode: mirror.mode ?? file.mode ?? '0644' };
  // A link is replaced by the file: it has no digest of its own.
  return { file, path, want, is: now };
}

const contentDifference = ({ path, file, is }: Target): Difference => ({
  what: path,
  from: is === undefined ? 'absent' : is.type === 'file' ? short(is.digest) : is.type,
  to: `${short(file.content.digest)}, ${file.content.size} bytes`,
  secret: file.content.secret,
});

const short = (digest: string | undefined): string => `sha256 ${digest?.slice(0, 12) ?? '?'}`;

function ownDifferences({ path, want, is, file }: Target): Difference[] {
  if (is?.type !== 'file') return [];
  const found = [...attributeDifferences(want, is), ...modifiedDifference(file.modified, is)];
  return found.map((each) => ({
    ...each,
    what: `${each.what} of ${path}`,
  }));
}

/** How many are told one by one. */
const told = (differences: readonly Difference[], most = 20): Difference[] => {
  const more = differences.length - most;
  if (more <= 1) return [...differences];
  const [last] = differences.slice(-1);
  const rest = { what: `${more} more`, from: last?.from, to: last?.to };
  return [...differences.slice(0, most), rest];
};

function surplusOf(mirror: Mirror, now: TreeValue | undefined): string[] {
  if (now === undefined) return [];
  if (now.kind !== 'tree') {
    throw new StepError(`${mirror.dest} is too large to be compared for delete`);
  }
  const kept = new Set(
    [...mirror.files.map(({ path }) => path), ...mirror.folders].map((path) =>
      pathIn(mirror.dest, path),
    ),
  );
  const gone = new Set<string>();
  for (const { path } of now.entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const above = path.slice(0, path.lastIndexOf('/'));
    const withIt = [...gone].some((folder) => above === folder || above.startsWith(`${folder}/`));
    if (!kept.has(path as `/${string}`) && !withIt) gone.add(path);
  }
  return [...gone];
}

const makeFolder = (path: string, mirror: Mirror): Alteration => ({
  kind: 'folder',
  path,
  owner: ownership(mirror) || undefined,
  first: mirror.directoryMode,
});

/** Mode and owner of a file that was there are kept where nothing else is wanted. */
const modeAfter = (want: Attributes, is: FileValue | undefined): string =>
  resolveMode(want.mode ?? '0644', is?.type === 'file' ? is.mode : '0644', false);

function ownerAfter(want: Attributes, is: FileValue | undefined): string {
  if (is?.type !== 'file') return ownership(want);
  return ownership({ owner: want.owner ?? is.uid, group: want.group ?? is.gid });
}

/** One stream where the host has tar, else one a file. */
function send(mirror: Mirror, sent: readonly Target[], on: PlanContext): readonly Alteration[] {
  if (on.facts.has['tar'] !== true) {
    return sent.flatMap(({ path, want, file, is }) => [
      writeFile({ path, content: file.content, backup: mirror.backup, ...want }, is),
      ...setModified(path, file.modified),
    ]);
  }
  const members = sent.map(({ file, want, is }) => ({ file, mode: modeAfter(want, is) }));
  const packed = members.every(({ file }) => file.gzip !== undefined);
  const gzip = mirror.compress && packed && on.facts.has['gzip'] === true;
  const words = sent.flatMap(({ path, want, file, is }) => [
    modeAfter(want, is),
    ownerAfter(want, is),
    file.content.digest,
    path,
  ]);
  const flags = `${gzip ? 'z' : ''}${mirror.backup === true ? 'b' : ''}`;
  const bytes = sh`${archiveOf(members, gzip)}`;
  const unpack = sh`${bytes} | play_unpack ${mirror.dest} ${flags} ${words}`;
  return [byScript('files', joinScripts([rawScript('', unpackFunctions), unpack], ''))];
}

function predictions(
  mirror: Mirror,
  missing: readonly { readonly path: string }[],
  changed: readonly Target[],
  surplus: readonly string[],
  on: PlanContext,
) {
  const { user } = on.facts;
  const folder = freshFile({ type: 'directory', mode: mirror.directoryMode, links: 2 }, user);
  return [
    ...missing.flatMap(({ path }) =>
      predictPath(path, predictAttributes({ ...mirror, mode: undefined }, folder)),
    ),
    ...changed.flatMap(({ path, want, file, is }) => {
      const mode = modeAfter(want, is);
      const { target: _target, ...now } = is ?? freshFile({ type: 'file', mode }, user);
      const { size, digest, bytes } = file.content;
      const kept = is !== undefined && mirror.force === false;
      const { modified = now.modified } = file;
      const content = kept ? {} : { type: 'file' as const, size, digest };
      const whole = predictAttributes({ ...want, mode }, { ...now, ...content, modified });
      return predictPath(path, whole, kept ? undefined : bytes);
    }),
    ...surplus.flatMap((path) => predictPath(path, undefined)),
    unpredictable(tree(mirror.dest)),
  ];
}
