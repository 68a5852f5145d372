/** Files of the store: owner-only, written once, never replaced. */
import {
  chmodSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PlaybookError } from '../errors.ts';

/** Makes the folder 0700 with those above it. @throws PlaybookError where others may look into it */
export function makeOwnFolder(path: string): void {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  refuseOthers(path, '700');
}

/**
 * The file's text.
 * @returns undefined where it is absent
 * @throws PlaybookError where others may read it
 */
export function readOwnFile(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  refuseOthers(path, '600');
  return readFileSync(path, 'utf8');
}

/** @throws PlaybookError where somebody else owns it or may use it */
export function refuseOthers(path: string, mode: string): void {
  const is = lstatSync(path);
  const mine = process.getuid?.() ?? is.uid;
  if (is.uid !== mine) {
    throw new PlaybookError(`${path} belongs to the user ${is.uid}, not to you (${mine})`, {
      hint: 'secrets of a cluster are kept by one user',
    });
  }
  if (is.isSymbolicLink())
    throw new PlaybookError(`${path} is a link; files of the store must not be links`);
  if ((is.mode & 0o077) !== 0) {
    const found = (is.mode & 0o777).toString(8).padStart(4, '0');
    throw new PlaybookError(`${path} has the mode ${found}: others may use it`, {
      hint: `chmod ${mode} ${path}, and consider who may have read it`,
    });
  }
}

/**
 * Writes a file that is not there. Where another process was faster its file stays.
 * @returns the text that is in the file
 */
export function writeOnce(path: string, text: string): string {
  const folder = mkdtempSync(join(dirname(path), '.new-'));
  try {
    const made = join(folder, 'file');
    writeSynced(made, text, 0o600);
    try {
      linkSync(made, path);
    } catch (error) {
      if (!isTaken(error)) throw error;
      return readOwnFile(path) ?? text;
    }
    sync(dirname(path));
    return text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a folder with files, all at once. Where another process was faster its folder stays.
 * @param files text by name; names that end with .key are the owner's alone
 */
export function writeFolderOnce(path: string, files: Readonly<Record<string, string>>): void {
  const made = mkdtempSync(join(dirname(path), '.new-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      writeSynced(join(made, name), text, name.endsWith('.key') ? 0o600 : 0o644);
    }
    chmodSync(made, 0o700);
    sync(made);
    renameSync(made, path);
    sync(dirname(path));
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
  }
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EEXIST' || code === 'ENOTEMPTY' || code === 'ENOTDIR';
}

function writeSynced(path: string, text: string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, mode);
}

function sync(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
