/** A composed script that is killed at any moment: no file is torn, and none is ahead of its turn. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composeAlterations } from '../../../engine/module/compose/compose.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { makes, writes } from './steps.ts';

const [before, after] = ['old line\n'.repeat(3000), 'new line\n'.repeat(4000)];
const there = ['a', 'b', 'c', 'd', 'e', 'f'];
const fresh = ['g', 'h'];

/** Files in a folder that is there, two new folders, and files in these. */
const stepsIn = (at: string) => [
  ...there.map((name) => writes(`${at}/${name}`, after, { mode: '0600', backup: name === 'b' })),
  ...fresh.flatMap((name) => [
    makes(`${at}/${name}`),
    ...there.map((file) => writes(`${at}/${name}/${file}`, after, { mode: '0600' })),
  ]),
];

/** Everything that is to be there, in the order of the steps. */
const pathsOf = [
  ...there,
  ...fresh.flatMap((name) => [name, ...there.map((file) => `${name}/${file}`)]),
];

function reset(at: string): void {
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at);
  for (const name of there) writeFileSync(`${at}/${name}`, before);
}

/** Whether the step that makes it was done; a file that is neither old nor new is torn. */
function isDone(path: string): boolean {
  const is = statSync(path, { throwIfNoEntry: false });
  if (is === undefined || is.isDirectory()) return is !== undefined;
  const content = readFileSync(path, 'utf8');
  expect(content === before || content === after).toBe(true);
  return content === after;
}

const leftIn = (at: string): readonly string[] =>
  readdirSync(at, { recursive: true, encoding: 'utf8' }).filter((name) => /\.play-/.test(name));

describe.each(shells)('under %s', (shell) => {
  test('kill -9 at 60 moments: what is done is the first steps, and the next run does the rest', async () => {
    const at = `${folder()}/files`;
    reset(at);
    const { script } = composeAlterations(stepsIn(at));
    const begun = performance.now();
    expect((await runScript(script, { shell })).code).toBe(0);
    const whole = performance.now() - begun;
    const counts = new Set<number>();
    for (let index = 0; index < 60; index += 1) {
      reset(at);
      // evenly spread, with some chance within each part
      await runScript(script, { shell, killAfter: ((index + Math.random()) / 60) * whole });
      const done = pathsOf.map((path) => isDone(`${at}/${path}`));
      const count = done.filter(Boolean).length;
      expect(done).toEqual(done.map((_, step) => step < count));
      counts.add(count);
      for (const name of leftIn(at)) expect(statSync(`${at}/${name}`).mode & 0o077).toBe(0);
      if (index % 10 === 0 && count > 0 && count < pathsOf.length) {
        const rest = composeAlterations(stepsIn(at).slice(count));
        expect((await runScript(rest.script, { shell })).code).toBe(0);
        expect(pathsOf.map((path) => isDone(`${at}/${path}`))).not.toContain(false);
        expect(leftIn(at)).toEqual([]);
      }
    }
    // It was killed before the first and between two of them.
    expect(counts).toContain(0);
    expect(counts.size).toBeGreaterThan(2);
  }, 120_000);

  test('a signal that asks it to end takes what was prepared away', async () => {
    const at = folder();
    const validate = 'kill -TERM $PPID; sleep 0.2; true %s';
    const { script } = composeAlterations([
      writes(`${at}/a`, 'a'),
      writes(`${at}/b`, 'b', { validate }),
      writes(`${at}/c`, 'c'),
    ]);
    const { code } = await runScript(script, { shell });
    expect(code).not.toBe(0);
    expect(readdirSync(at)).toEqual(['a']);
  });
});
