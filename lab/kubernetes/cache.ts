import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlayError } from 'tsplay';

/** Where everything built for the lab is kept: `$TSPLAY_CACHE`, else /var/cache/tsplay. */
export function cacheFolder(): string {
  return process.env['TSPLAY_CACHE'] || '/var/cache/tsplay';
}

/** Twelve hex digits that change whenever one of the ingredients does. */
export function recipeHash(...ingredients: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const ingredient of ingredients) {
    hash.update(`${ingredient.length}:`).update(ingredient);
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * Holds an exclusive lock while `work` runs; waits for another holder first.
 * The lock is the kernel's (flock), on a descriptor that `work` hands to its children: it ends
 * with the last process that holds it, so a killed build never leaves it behind, and a child that
 * outlives a killed build still keeps a second build out.
 */
export async function whileLocked<T>(
  path: string,
  work: (descriptor: number) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  try {
    await new Promise<void>((resolve, reject) => {
      const flock = spawn('flock', ['--exclusive', '3'], {
        stdio: ['ignore', 'ignore', 'inherit', file.fd],
      });
      flock.once('error', reject);
      flock.once('close', (code) =>
        code === 0 ? resolve() : reject(new PlayError(`cannot lock ${path}: flock exit ${code}`)),
      );
    });
    return await work(file.fd);
  } finally {
    await file.close();
  }
}

export interface Workplace {
  /** Survives a kill: the next attempt finds here what this one finished. */
  readonly work: string;
  /** What is put here becomes the cached folder. */
  readonly result: string;
  /** The lock, for `runner({ keepOpen })`. */
  readonly lock: number;
}

/**
 * Answers a cached folder, built when it is missing. It appears in one rename when it is complete,
 * so a folder that exists is whole; two callers never build the same folder at once.
 */
export async function cached(
  folder: string,
  build: (place: Workplace) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  return whileLocked(`${folder}.lock`, async (lock) => {
    if (existsSync(folder)) return folder;
    const work = `${folder}.work`;
    const result = join(work, 'result');
    await mkdir(result, { recursive: true });
    await build({ work, result, lock });
    await rename(result, folder);
    await rm(work, { recursive: true, force: true });
    return folder;
  });
}

/** Does a step of a build once: what it puts into the folder counts only when it is complete. */
export async function once(
  folder: string,
  step: (unfinished: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await step(unfinished);
  await rename(unfinished, folder);
  return folder;
}
