/**
 * The one way to write a file on a host: a temporary file beside it gets the content, the owner
 * and the mode, is validated and synced, and takes the place of the old one by a rename.
 */
import type { FileValue } from '../../readers/files/file.ts';
import { isContent, type Content } from '../../shell/content.ts';
import { putFunctions } from '../../shell/host/library-files.ts';
import { quote } from '../../shell/quote.ts';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';
import { ownership, wantedMode, type Attributes } from './attributes.ts';
import { resolveMode } from './mode.ts';

/** A file of the host whose bytes are taken. */
export interface HostFile {
  readonly hostPath: string;
  /** sha256, lower-case hex. */
  readonly digest: string;
  readonly size: number;
  /** Prints it, where only the host knows its path. */
  readonly print?: Script;
}

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
 * The script that writes the file.
 * @param is what is at `path` itself now: its mode and owner are kept unless others are wanted
 */
export function writeFile(write: FileWrite, is: FileValue | undefined): Script {
  const old = is?.type === 'file' ? is : undefined;
  const bytes = isContent(write.content)
    ? sh`${write.content}`
    : (write.content.print ?? sh`cat -- ${write.content.hostPath}`);
  // A script begins when it has arrived whole; what streams may be cut.
  const inline = isContent(write.content) && bytes.streams.length === 0;
  const flags = [
    write.backup === true ? 'b' : '',
    write.unsafeWrites === true ? 'u' : '',
    is?.type === 'link' ? 'l' : '',
    inline ? 'i' : '',
  ].join('');
  const before = inline ? sh`play_content() { ${bytes}; }\n` : sh`${bytes} | `;
  const put = sh`play_put ${write.path} ${fileMode(write, old)} ${fileOwner(write, old)} ${
    write.digest ?? write.content.digest
  } ${write.expect ?? ''} ${flags} ${validation(write)}`;
  const script = joinScripts([rawScript('', putFunctions), before, put], '');
  return inline && write.validate === undefined ? contained(script) : script;
}

/** The mode that the file will have. */
export function fileMode(write: FileWrite, old: FileValue | undefined): string {
  if (old !== undefined) return wantedMode(write, old);
  const secret = isContent(write.content) && write.content.secret;
  const fresh = write.newMode ?? (secret ? '0600' : '0644');
  return write.mode === undefined ? fresh : resolveMode(write.mode, fresh, false);
}

/** `owner:group` by number where they are kept; empty for a new file that nobody asked about. */
function fileOwner(write: FileWrite, old: FileValue | undefined): string {
  if (old === undefined) return ownership(write);
  return ownership({ owner: write.owner ?? old.uid, group: write.group ?? old.gid });
}

/** The temporary file's quoted beginning, and the command cut where its name goes. */
function validation(write: FileWrite): string[] {
  const folder = write.path.slice(0, write.path.lastIndexOf('/') + 1);
  const quoted = quote(`${folder}.play-`);
  return write.validate === undefined ? [quoted] : [quoted, ...write.validate.split('%s')];
}
