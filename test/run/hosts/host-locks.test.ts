import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HostLocks, type LockHolder } from '../../../engine/run/hosts/host-locks.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'tsplay-locks-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const never = new AbortController().signal;
const run = (name: string): HostLocks => new HostLocks(base, name, 'site.ts');
const left = (): readonly string[] => readdirSync(join(base, 'locks'));
const take = (locks: HostLocks, targets: readonly string[], wait = 0, told: LockHolder[] = []) =>
  locks.take(targets, wait, (holder) => void told.push(holder), never);

test('a second run on one of the machines is told who holds it, since when, and what to do', async () => {
  await take(run('first'), ['a', 'b']);
  await expect(take(run('second'), ['c', 'b'])).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(
      /^another run works on b: site\.ts by \S+ since \d\d:\d\d:\d\d \(run first, pid \d+\)$/,
    ),
    hint: expect.stringContaining('--wait-lock'),
  });
});

test('what it had taken by then is free again, and other machines never were locked', async () => {
  await take(run('first'), ['b']);
  await expect(take(run('second'), ['a', 'b'])).rejects.toThrow();
  await take(run('third'), ['a', 'c']);
  expect(left()).toHaveLength(3);
});

test('a run that may wait gets the machine when the other ends', async () => {
  const first = run('first');
  await take(first, ['a']);
  const told: LockHolder[] = [];
  const waiting = take(run('second'), ['a'], 60, told);
  await expect.poll(() => told).toMatchObject([{ run: 'first', target: 'a' }]);
  first.release();
  await waiting;
  expect(told).toHaveLength(1);
});

test('Ctrl-C ends the wait', async () => {
  await take(run('first'), ['a']);
  const abort = new AbortController();
  const waiting = run('second').take(['a'], 60, () => abort.abort(), abort.signal);
  await expect(waiting).rejects.toThrow('another run works on a');
});

test('the lock of a run that was killed holds nobody up, nor does one that is damaged', async () => {
  const script = `
    import { HostLocks } from './engine/run/hosts/host-locks.ts';
    await new HostLocks(${JSON.stringify(base)}, 'killed', 'x').take(['a'], 0, () => {}, new AbortController().signal);
    process.kill(process.pid, 'SIGKILL');`;
  const argv = ['--input-type=module', '--eval', script];
  const child = spawn('node_modules/.bin/tsx', argv, { stdio: 'inherit' });
  await new Promise((resolve) => child.on('exit', resolve));
  expect(left()).toHaveLength(1);
  await take(run('next'), ['a']);
  for (const name of left()) writeFileSync(join(base, 'locks', name), '{"pid":');
  await take(run('last'), ['a']);
  expect(left()).toHaveLength(1);
});

test('of many runs at once exactly one gets the machines, and nothing of the others is left', async () => {
  const runs = Array.from({ length: 20 }, (_, index) => run(`run${index}`));
  const ends = await Promise.allSettled(runs.map((locks) => take(locks, ['b', 'a'])));
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(left()).toHaveLength(2);
  for (const locks of runs) locks.release();
  expect(left()).toEqual([]);
});
