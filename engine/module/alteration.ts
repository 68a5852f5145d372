/**
 * What a change does to a host, as data. The one composer (`compose/`) makes scripts of it, of the
 * alterations of one step or of many.
 */
import type { Content } from '../shell/content.ts';
import type { Script } from '../shell/script.ts';

/** A file of the host whose bytes are taken. */
export interface HostFile {
  readonly hostPath: string;
  /** sha256, lower-case hex. */
  readonly digest: string;
  readonly size: number;
  /** Prints it, where only the host knows its path. */
  readonly print?: Script;
}

/** A file with this content, in place of the file or link that may be there. */
export interface Write {
  readonly kind: 'write';
  /** Absolute path; already the end of the link where a link is followed. */
  readonly path: string;
  readonly content: Content | HostFile;
  /** A word of the script with the content's digest, where only the host will know it. */
  readonly digest?: Script | undefined;
  /** Four octal digits. */
  readonly mode: string;
  /** `owner:group`, by name or number; left out: whoever writes it. */
  readonly owner?: string | undefined;
  /** Write only if the file still has this digest, or is still `absent`. */
  readonly expect?: string | undefined;
  /** A command whose `%s` is the new file; it must succeed before the old one is replaced. */
  readonly validate?: string | undefined;
  /** Keep the old file as `path.YYYYMMDDTHHMMSSZ~`, with all its attributes. */
  readonly backup?: boolean | undefined;
  /** Where the file is a mount point, write into it instead of replacing it. */
  readonly unsafeWrites?: boolean | undefined;
  /** What is at the path is a link, which is replaced. */
  readonly replacesLink?: boolean | undefined;
}

/** Files that belong together: all are on the disk before the first takes its place. */
export interface WriteTogether {
  readonly kind: 'write together';
  /** In the order in which they take their places. */
  readonly files: readonly Write[];
}

/** A new folder; the one above it is there. */
export interface MakeFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** Four octal digits that it is made with. */
  readonly first: string;
  /** Four octal digits that it gets once it has its owner; left out: those of `first`. */
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
}

/** A link in place of a file, a link or an empty folder, or of nothing. */
export interface MakeLink {
  readonly kind: 'link';
  readonly path: string;
  /** What the link holds; of a hard link: the other name of the file. */
  readonly target: string;
  readonly hard: boolean;
}

/** A file or a link goes; it may be gone already. */
export interface Remove {
  readonly kind: 'remove';
  readonly path: string;
  /** It may be a folder, which goes with all below it. */
  readonly withAllBelow?: boolean | undefined;
}

/** Mode and owner of what is there. */
export interface SetAttributes {
  readonly kind: 'attributes';
  readonly path: string;
  /** What it was when it was read; `file` stands for everything else. */
  readonly type: 'file' | 'directory' | 'link';
  /** Four octal digits that it has while its owner changes; left out: those that it has. */
  readonly least?: string | undefined;
  readonly owner?: string | undefined;
  /** Four octal digits. */
  readonly mode?: string | undefined;
}

/** The same for many things in one folder; with a mode there must be no link among them. */
export interface SetAllAttributes {
  readonly kind: 'attributes of many';
  readonly folder: string;
  readonly names: readonly string[];
  readonly owner?: string | undefined;
  readonly mode?: string | undefined;
}

/** Access or modification time of what is there, of a link itself where it is one. */
export interface SetTime {
  readonly kind: 'time';
  readonly path: string;
  /** `both` goes with `now` alone. */
  readonly which: 'accessed' | 'modified' | 'both';
  /** Seconds since 1970, or the time of the host. */
  readonly to: number | 'now';
}

/** Alters nothing: the step fails unless `path` leads to `to`, by links that others cannot set. */
export interface LeadsTo {
  readonly kind: 'leads to';
  readonly path: string;
  readonly to: string;
}

/** systemd reads its unit files anew. */
export interface ReloadUnits {
  readonly kind: 'reload units';
}

/** What a script of a module's own is about. */
export type About =
  /** Files at paths that the change invalidates. */
  | 'files'
  | 'account'
  | 'kernel parameter'
  | 'kernel module'
  | 'host name'
  | 'mount'
  | 'package'
  | 'unit'
  /** Nobody says: anything may follow from it. */
  | 'anything';

/** Whatever the other kinds do not say: POSIX sh that fails with an exit code other than 0. */
export interface RunScript {
  readonly kind: 'script';
  readonly about: About;
  readonly script: Script;
}

/**
 * An alteration that only a script says.
 * @param about what it is about: whether other steps may follow it unseen depends on that
 * @param script POSIX sh that fails with an exit code other than 0
 * @returns one of `alters` of a change
 * @example
 * export const plan = change({
 *   differences: [{ what: 'host name', from: 'old', to: 'new' }],
 *   alters: [byScript('host name', sh`hostname ${'new'}`)],
 *   after: [],
 *   invalidates: { readers: ['hostname'] },
 *   result: {},
 * });
 */
export const byScript = (about: About, script: Script): RunScript => ({
  kind: 'script',
  about,
  script,
});

/** One thing that a change does to a host. */
export type Alteration =
  | Write
  | WriteTogether
  | MakeFolder
  | MakeLink
  | Remove
  | SetAttributes
  | SetAllAttributes
  | SetTime
  | LeadsTo
  | ReloadUnits
  | RunScript;

/** What a change does: data, or a script of its own. */
export type HowChanged =
  | { readonly alters: readonly Alteration[]; readonly script?: undefined }
  | { readonly script: Script; readonly alters?: undefined };

/** A change as data, also where it says only a script. */
export const alterationsOf = (change: HowChanged): readonly Alteration[] =>
  change.alters ?? [{ kind: 'script', about: 'anything', script: change.script }];
