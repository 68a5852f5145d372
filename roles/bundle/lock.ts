/** The lock file of the bundle that the programs are from: read when the roles are collected. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlaybookError } from 'tsplay';
import { lockName, parseLock, type Lock } from '../binaries/lock.ts';
import type { KubernetesSource } from '../binaries/variables.ts';

export interface Bundle {
  /** Absolute. */
  readonly folder: string;
  readonly lock: Lock;
}

/** @throws PlaybookError where the folder is no bundle: before anything connects */
export function bundleOf(source: KubernetesSource): Bundle | undefined {
  if (source.kind !== 'release' || source.bundle === undefined) return undefined;
  const folder = resolve(source.bundle);
  const path = join(folder, lockName);
  try {
    return { folder, lock: parseLock(readFileSync(path, 'utf8'), path) };
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new PlaybookError(`the bundle ${source.bundle} has no ${lockName}`, {
      hint: `make it where the internet is: play bundle --kubernetes VERSION -o ${source.bundle}`,
      cause,
    });
  }
}
