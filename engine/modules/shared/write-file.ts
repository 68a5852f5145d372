/**
 * The one way to write a file on a host: a temporary file beside it gets the content, the owner
 * and the mode, is validated and synced, and takes the place of the old one by a rename.
 */
import type { HostFile, Write } from '../../module/alteration.ts';
import type { FileValue } from '../../readers/files/file.ts';
import { isContent, type Content } from '../../shell/content.ts';
import type { Script } from '../../shell/script.ts';
import { ownership, wantedMode, type Attributes } from './attributes.ts';
import { resolveMode } from './mode.ts';

/** A file as it is to be; what is not said is kept, or is as the session's user has it. */
export interface FileWrite extends Attributes {
  /** Absolute path; already the end of the link where a link is followed. */
  readonly path: string;
  readonly content: Content | HostFile;
  /** Mode of a new file when `mode` is not given. Default 0644, 0600 for secret content. */
  readonly newMode?: string;
  /** A command whose `%s` is the temporary file; it runs as the step's user before the rename. */
  readonly validate?: string | undefined;
  /** Keep the old file as `path.YYYYMMDDTHHMMSSZ~`, with all its attributes. */
  readonly backup?: boolean | undefined;
  /** Where the file is a mount point, write into it instead of replacing it. */
  readonly unsafeWrites?: boolean | undefined;
  /** A word of the script with the content's digest, where only the host will know it. */
  readonly digest?: Script;
  /** Write only if the file still has this digest, or is still absent. */
  readonly expect?: string | undefined;
}

/**
 * A file with this content: mode and owner are kept unless others are wanted.
 * @param write path, content, and what else is wanted of the file
 * @param is what is at `path` itself now
 * @returns one of `alters` of a change
 * @example
 * const write = { path: '/etc/motd', content: contentOf('hello\n'), mode: '0644' };
 * export const alters = [toolkit.writeFile(write, undefined)];
 */
export function writeFile(write: FileWrite, is: FileValue | undefined): Write {
  const old = is?.type === 'file' ? is : undefined;
  const { path, content, digest, expect, validate, backup, unsafeWrites } = write;
  return {
    kind: 'write',
    path,
    content,
    digest,
    mode: fileMode(write, old),
    owner: fileOwner(write, old),
    expect,
    validate,
    backup,
    unsafeWrites,
    replacesLink: is?.type === 'link',
  };
}

/** The mode that the file will have. */
export function fileMode(write: FileWrite, old: FileValue | undefined): string {
  if (old !== undefined) return wantedMode(write, old);
  const secret = isContent(write.content) && write.content.secret;
  const fresh = write.newMode ?? (secret ? '0600' : '0644');
  return write.mode === undefined ? fresh : resolveMode(write.mode, fresh, false);
}

/** `owner:group` by number where they are kept; undefined for a new file that nobody asked about. */
function fileOwner(write: FileWrite, old: FileValue | undefined): string | undefined {
  if (old === undefined) return ownership(write) || undefined;
  return ownership({ owner: write.owner ?? old.uid, group: write.group ?? old.gid });
}
