import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileLocked } from '../../../lab/kubernetes/cache.ts';
import { runner } from '../../../lab/kubernetes/process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsplay-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('runner', () => {
  it('answers stdout and appends everything to the log', async () => {
    const log = join(folder, 'log');
    const run = runner({ log });
    expect(await run(['sh', '-c', 'echo out; echo err >&2'])).toBe('out\n');
    await run(['echo', 'second']);
    const text = await readFile(log, 'utf8');
    expect(text).toContain('err\n');
    expect(text).toMatch(/\$ sh -c .*\n[^]*\$ echo second\nsecond\n$/);
  });

  it('fails with the exit code, the last lines and the place of the log', async () => {
    const run = runner({ log: join(folder, 'log') });
    await expect(run(['sh', '-c', 'echo why >&2; exit 3'])).rejects.toMatchObject({
      message: expect.stringMatching(/exit 3\nwhy$/) as string,
      hint: expect.stringContaining(join(folder, 'log')) as string,
    });
  });

  it('names a program that does not exist', async () => {
    await expect(runner()(['no-such-program-here'])).rejects.toThrow(
      /no-such-program-here.*ENOENT/,
    );
  });

  it('tells a child its folder as the caller named it, links and all', async () => {
    const run = runner({ nice: 1 });
    await run(['ln', '-s', '/usr', join(folder, 'link')]);
    const said = await run(['sh', '-c', 'pwd'], { cwd: join(folder, 'link') });
    expect(said).toBe(`${join(folder, 'link')}\n`);
  });

  it('hands the lock to a child, which keeps it after its parent let go', async () => {
    const path = join(folder, 'lock');
    const free = () => spawnSync('flock', ['--nonblock', path, 'true']).status === 0;
    await whileLocked(path, async (keepOpen) => {
      await runner({ keepOpen })(['sh', '-c', 'sleep 1 >/dev/null 2>&1 &']);
    });
    expect(free()).toBe(false);
    await expect.poll(free, { timeout: 5000, interval: 100 }).toBe(true);
  });
});
