import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached, once, recipeHash, whileLocked } from '../../../lab/kubernetes/cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsplay-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lockIsFree = (path: string) =>
  spawnSync('flock', ['--exclusive', '--nonblock', path, 'true']).status === 0;

describe('cached', () => {
  it('shows a folder only when it is whole, and leaves no work behind', async () => {
    const wanted = join(folder, 'v1');
    await cached(wanted, async ({ result }) => {
      await writeFile(join(result, 'program'), 'first half');
      expect(existsSync(wanted)).toBe(false);
      await writeFile(join(result, 'program'), 'whole');
    });
    expect(await readFile(join(wanted, 'program'), 'utf8')).toBe('whole');
    expect((await readdir(folder)).toSorted()).toEqual(['v1', 'v1.lock']);
  });

  it('builds once for two callers at the same time', async () => {
    let builds = 0;
    const build = async () => {
      builds += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await Promise.all([cached(join(folder, 'v1'), build), cached(join(folder, 'v1'), build)]);
    expect(builds).toBe(1);
  });

  it('goes on after a failure with the steps that were finished', async () => {
    const steps: string[] = [];
    const build = (compiles: boolean) =>
      cached(join(folder, 'v1'), async ({ work }) => {
        await once(join(work, 'source'), async () => void steps.push('fetch'));
        await once(join(work, 'compiled'), async () => {
          steps.push('compile');
          if (!compiles) throw new Error('killed');
        });
      });
    await expect(build(false)).rejects.toThrow('killed');
    expect(existsSync(join(folder, 'v1'))).toBe(false);
    await build(true);
    expect(steps).toEqual(['fetch', 'compile', 'compile']);
  });
});

describe('once', () => {
  it('throws away what an unfinished attempt left', async () => {
    const step = join(folder, 'step');
    const failing = once(step, async (unfinished) => {
      await writeFile(join(unfinished, 'half'), '');
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    await once(step, (unfinished) => writeFile(join(unfinished, 'whole'), ''));
    expect(await readdir(step)).toEqual(['whole']);
  });
});

describe('whileLocked', () => {
  it('keeps other processes out until the work ends, also when it fails', async () => {
    const path = join(folder, 'lock');
    await whileLocked(path, async () => expect(lockIsFree(path)).toBe(false));
    expect(lockIsFree(path)).toBe(true);
    const failing = whileLocked(path, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(lockIsFree(path)).toBe(true);
  });
});

describe('recipeHash', () => {
  it('changes with every ingredient and with where one ends', () => {
    expect(recipeHash('a', 'b')).toBe(recipeHash('a', 'b'));
    expect(recipeHash('a', 'b')).not.toBe(recipeHash('a', 'c'));
    expect(recipeHash('ab', 'c')).not.toBe(recipeHash('a', 'bc'));
  });
});
