/** Writes a file on the controller as carefully as on a host. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StepError } from '../errors.ts';

/**
 * Replaces or makes a file in one step, folders included. @throws StepError that names the path
 * @param mode permissions of the file from its first moment on
 */
export function writeLocal(path: string, bytes: Buffer, mode: number): void {
  const temporary = `${dirname(path)}/.play-${process.pid}-${Date.now()}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const opened = openSync(temporary, 'wx', mode);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(opened, bytes, at);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StepError(`cannot write ${path} on the controller: ${why}`, { cause });
  }
}
