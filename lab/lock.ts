/** Locks between processes: a file that names its holder; a dead holder's lock is taken over. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayError } from '../engine/errors.ts';

export interface LockOptions {
  /** How long to wait for a living holder, in milliseconds. */
  readonly patience?: number;
  /** Called once, with the holder's process id, when there is somebody to wait for. */
  readonly waiting?: (pid: number) => void;
}

/** A takeover lasts microseconds; one older than this was left by a kill. Milliseconds. */
const takeoverAge = 10_000;

/**
 * Runs work while holding the lock at a path.
 * @throws PlayError if a living process still holds it after `patience`.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await acquire(path, options);
  try {
    await sweep(path);
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, options: LockOptions): Promise<void> {
  const { patience = 600_000, waiting } = options;
  const deadline = Date.now() + patience;
  const mine = `${path}.${process.pid}.${randomUUID()}`;
  // Written whole beside the lock, then linked to its name: nobody ever reads a half-written lock.
  await writeFile(mine, `${process.pid} ${await startTime(process.pid)}\n`, { mode: 0o600 });
  try {
    let told = false;
    for (;;) {
      if (await tryLink(mine, path)) return;
      const holder = await readHolder(path);
      if (holder && !(await isAlive(holder))) {
        await takeOver(path);
        continue;
      }
      if (holder && !told) waiting?.(holder.pid);
      told ||= holder !== undefined;
      if (Date.now() > deadline) {
        throw new PlayError(`process ${holder?.pid} holds ${path}`, {
          hint: 'wait until it is done, or end it',
        });
      }
      await sleep(100);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same id. */
  readonly started: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid = '', started = ''] = text.trim().split(' ');
  return { pid: Number(pid), started };
}

async function isAlive(holder: Holder): Promise<boolean> {
  return holder.started !== '' && (await startTime(holder.pid)) === holder.started;
}

/** Removes a dead holder's lock. Only the maker of the takeover file may, so none removes a fresh one. */
async function takeOver(path: string): Promise<void> {
  const takeover = `${path}.takeover`;
  const entered = await writeFile(takeover, '', { flag: 'wx' }).then(
    () => true,
    () => false,
  );
  if (!entered) {
    const age = await stat(takeover).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    if (age > takeoverAge) await rm(takeover, { force: true });
    await sleep(20);
    return;
  }
  try {
    const holder = await readHolder(path);
    if (holder && !(await isAlive(holder))) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

/** Removes what processes left that were killed while they waited for this lock. */
async function sweep(path: string): Promise<void> {
  const waiting = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(waiting) ? Number(name.slice(waiting.length).split('.')[0]) : NaN;
    if (pid > 0 && (await startTime(pid)) === '') await rm(join(dirname(path), name));
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** When a process started, in clock ticks since boot; empty if there is none with this id. */
async function startTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses and may hold anything, also spaces.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
