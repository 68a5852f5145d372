/** One bad setting must not take the API servers down: they are restarted one after the other. */
import { expect } from 'vitest';
import type { Lab } from '../../../lab/index.ts';
import { restarted, serves, starts } from './lab.ts';
import type { PlayRun } from '../run-play.ts';

/** @param site runs `site.ts` with these further flags */
export async function expectOneStopped(
  lab: Lab,
  masters: readonly string[],
  site: (...argv: string[]) => Promise<PlayRun>,
): Promise<void> {
  const serving = async (): Promise<number> => {
    const hosts = lab.hosts.filter(({ name }) => masters.includes(name));
    const answers = await Promise.all(hosts.map(({ address }) => serves(address, 6443)));
    return answers.filter(Boolean).length;
  };
  const before = await starts(lab);
  const run = await site('-e', 'masterApiserverFlags={no-such-flag: "1"}');
  expect(run.exitCode).toBe(2);
  const failed = run.ends.filter(({ outcome }) => outcome === 'failed');
  expect(JSON.stringify(failed)).toContain('unknown flag: --no-such-flag');
  expect(await serving()).toBe(masters.length - 1);
  // What asks the API server of its own host ends with it, and comes back.
  const invalidated = restarted(before, await starts(lab));
  const hosts = new Set(invalidated.map((unit) => unit.split(' ')[0]));
  expect(hosts.size).toBeLessThanOrEqual(1);
  expect(masters.filter((host) => run.recap[host]?.heldBack)).toHaveLength(masters.length - 1);

  const mended = await site();
  expect([mended.exitCode, mended.of('failed')]).toEqual([0, []]);
  expect(await serving()).toBe(masters.length);
}
