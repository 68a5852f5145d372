/** Killed at any moment, what writes many files leaves each as it was or as it is to be. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scriptOf } from '../../engine/module/compose/compose.ts';
import { filesFrom } from '../../engine/module/file-source.ts';
import { mirror } from '../../engine/modules/files/mirror/index.ts';
import { unarchive } from '../../engine/modules/files/unarchive/index.ts';
import { contentOf } from '../../engine/shell/content.ts';
import type { Script } from '../../engine/shell/script.ts';
import { runScript, TestHost } from '../../engine/testing.ts';
import { folder } from '../readers/asking.ts';

const names = ['a', 'b', 'c', 'd', 'e'] as const;
const before = Buffer.alloc(150_000, 'old line\n');
const after = Buffer.alloc(200_000, 'new line\n');
const host = new TestHost({ facts: { has: { tar: true, gzip: true } } });

/** The folder as a step finds it. */
function reset(at: string): void {
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at);
  for (const name of names) writeFileSync(`${at}/${name}`, before);
}

async function mirroring(at: string): Promise<Script> {
  const source = filesFrom('five files', async () =>
    names.map((path) => ({ path, content: contentOf(after) })),
  );
  const plan = await host.plan(mirror, { source, dest: at });
  if (plan.plan !== 'change') throw new Error(plan.plan);
  return scriptOf(plan);
}

async function unpacking(at: string): Promise<Script> {
  const from = folder();
  for (const name of names) writeFileSync(`${from}/${name}`, after);
  execFileSync('tar', ['-czf', `${from}/all.tgz`, '-C', from, ...names]);
  const plan = await host.plan(unarchive, { remoteSrc: `${from}/all.tgz`, dest: at });
  if (plan.plan !== 'change') throw new Error(plan.plan);
  return scriptOf(plan);
}

test.each([
  ['mirror', mirroring],
  ['unarchive', unpacking],
] as const)('%s, by kill -9 at 50 moments', async (_, scriptFor) => {
  const at = `${folder()}/files`;
  reset(at);
  const script = await scriptFor(at);
  const begun = performance.now();
  const { code, stderr } = await runScript(script);
  expect([code, stderr]).toEqual([0, '']);
  const whole = performance.now() - begun;
  const seen = new Set<string>();
  for (let index = 0; index < 50; index += 1) {
    reset(at);
    // evenly spread, with some chance within each part
    await runScript(script, { killAfter: ((index + Math.random()) / 50) * whole });
    for (const name of names) {
      const now = readFileSync(`${at}/${name}`);
      expect(now.equals(before) || now.equals(after)).toBe(true);
      seen.add(now.equals(after) ? 'new' : 'old');
    }
    for (const name of readdirSync(at).filter((each) => each.startsWith('.play-'))) {
      const left = lstatSync(`${at}/${name}`);
      // unarchive's own list of what it unpacked is for all to read
      const isList = scriptFor === unpacking && left.isFile();
      if (!isList) expect(left.mode & 0o077).toBe(0);
    }
  }
  expect(seen).toContain('old');
});
