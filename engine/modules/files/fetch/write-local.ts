/** Writes a file on the controller as carefully as on a host. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, sep } from 'node:path';
import { StepError } from '../../../errors.ts';

/** A file that gets its name when it is whole. Each method throws StepError that names the path. */
export interface LocalFile {
  add(bytes: Buffer): void;
  /** On the disk, and in place of what was there. */
  finish(): void;
  /** Nothing is left of it. */
  abandon(): void;
}

/**
 * @param folder absolute path of the folder that is meant; it may be a link itself
 * @throws StepError where the path leads out of it, by its parts or by a link on the way
 */
export function refuseOutside(folder: string, path: string): void {
  const start = folder.endsWith(sep) ? folder : `${folder}${sep}`;
  if (path.startsWith(start) && realFolder(path).startsWith(realFolder(`${start}x`))) return;
  throw new StepError(`${path} on the controller is not below ${folder}`, {
    hint: 'a link on the way, or the name itself, leads out of it',
  });
}

/** The folder that a file will lie in, its links followed as far as it is there; ends with `/`. */
function realFolder(path: string): string {
  const folder = dirname(path);
  if (existsSync(folder)) return `${realpathSync(folder)}${sep}`;
  return `${realFolder(folder)}${folder.slice(dirname(folder).length + 1)}${sep}`;
}

/** A process may write the same path twice at a time. */
let files = 0;

/**
 * Begins a file, its folders included.
 * @param mode permissions of the file from its first moment on
 */
export function openLocal(path: string, mode: number): LocalFile {
  files += 1;
  const temporary = `${dirname(path)}/.play-${process.pid}-${Date.now()}-${files}`;
  let opened: number | undefined;
  const close = (): void => {
    if (opened !== undefined) closeSync(opened);
    opened = undefined;
  };
  const abandon = (): void => {
    close();
    rmSync(temporary, { force: true });
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      abandon();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new StepError(`cannot write ${path} on the controller: ${why}`, { cause });
    }
  };
  const file = attempt(() => {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(temporary, 'wx', mode);
  });
  opened = file;
  return {
    add: (bytes) =>
      attempt(() => {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      }),
    finish: () =>
      attempt(() => {
        fsyncSync(file);
        close();
        renameSync(temporary, path);
      }),
    abandon,
  };
}
