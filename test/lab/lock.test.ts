import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../lab/lock.ts';

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-lock-'));
  lock = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn('true');
  const { pid = 0 } = child;
  await new Promise((resolve) => child.on('close', resolve));
  return pid;
}

test('work under one lock never overlaps', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 6 }, () => withLock(lock, work)));
  expect(most).toBe(1);
});

test('the lock names its holder while it is held, and is gone afterwards', async () => {
  const held = await withLock(lock, () => readFile(lock, 'utf8'));
  expect(held.split(' ')[0]).toBe(String(process.pid));
  expect(await readdir(folder)).toEqual([]);
});

test('the lock is released when the work throws', async () => {
  const broken = withLock(lock, () => Promise.reject(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  expect(await readdir(folder)).toEqual([]);
});

test("a dead holder's lock is taken over at once", async () => {
  await writeFile(lock, `${await deadPid()} 12345\n`);
  expect(await withLock(lock, async () => 'mine', { patience: 1000 })).toBe('mine');
});

test('a process that only inherited the id of the holder does not keep the lock', async () => {
  await writeFile(lock, `${process.pid} 1\n`);
  expect(await withLock(lock, async () => 'mine', { patience: 1000 })).toBe('mine');
});

test('a living holder is waited for, named, and not robbed', async () => {
  const named: number[] = [];
  const refused = withLock(lock, () =>
    withLock(lock, async () => 'never', {
      patience: 150,
      waiting: (pid) => named.push(pid),
    }),
  );
  await expect(refused).rejects.toThrow(`process ${process.pid} holds ${lock}`);
  expect(named).toEqual([process.pid]);
});

test('many who find a dead lock enter one by one', async () => {
  await writeFile(lock, `${await deadPid()} 12345\n`);
  let inside = 0;
  const seen: number[] = [];
  const work = async () => {
    seen.push(++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work)));
  expect(seen).toEqual(Array.from({ length: 8 }, () => 1));
});

test('a takeover that was cut short by a kill is not waited for forever', async () => {
  await writeFile(lock, `${await deadPid()} 12345\n`);
  await writeFile(`${lock}.takeover`, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${lock}.takeover`, longAgo, longAgo);
  expect(await withLock(lock, async () => 'mine', { patience: 2000 })).toBe('mine');
});

test('what a killed waiter left is swept away, what a living one has is kept', async () => {
  const living = `lock.${process.pid}.other`;
  await writeFile(join(folder, `lock.${await deadPid()}.some`), 'x');
  await writeFile(join(folder, living), 'x');
  await withLock(lock, async () => {});
  expect(await readdir(folder)).toEqual([living]);
});
