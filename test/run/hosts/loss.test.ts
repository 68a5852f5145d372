import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handler } from '../../../engine/dsl/declare.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import type { FakeLink } from '../../../engine/transport/fake.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, isRunning, logOf, playOf, shell } from '../steps.ts';

/** A link whose first connection breaks, at the next byte after `file` is there. */
function cutWhen(on: Fleet, file: string, more: FakeLink = {}): { readonly stop: () => void } {
  let there = false;
  const link = on.link('a', {
    ...more,
    get cutAfterDown() {
      return there && (link.opened ?? 0) < 2 ? 0 : Infinity;
    },
  });
  const watch = setInterval(() => {
    there ||= existsSync(on.path(file));
  }, 1);
  return { stop: () => clearInterval(watch) };
}

describe('a connection that is lost while an action runs', () => {
  it('gives the recorded result when the action had ended, and runs it no second time', async () => {
    const on = await fleet(['a']);
    const script = `echo begun >> ${on.path('begun')}; echo said; sleep 0.4`;
    const { stop } = cutWhen(on, 'begun');
    const ran = await on.run(playOf(() => [shell('action', script)])).finally(stop);
    expect(ran.end('a', 'action')).toMatchObject({
      outcome: 'changed',
      result: { stdout: 'said' },
    });
    expect(await on.read('begun')).toBe('begun\n');
    expect(ran.exitCode).toBe(0);
  });

  // Live output is what makes bytes flow, and so the cut happen, in the middle.
  const script = (on: Fleet) =>
    `echo $$ >> ${on.path('begun')}; for i in 1 2 3 4 5 6 7 8; do echo "$i"; sleep 0.3; done`;

  it('says that the outcome is unknown when it had not, and leaves nothing running', async () => {
    const on = await fleet(['a']);
    const { stop } = cutWhen(on, 'begun');
    const site = playOf(() => [shell('action', script(on))]);
    const ran = await on.run(site, { liveOutput: true }).finally(stop);
    const { failure } = ran.end('a', 'action');
    expect(failure?.message).toMatch(/^outcome unknown: the connection was lost while it ran/);
    expect(failure?.hint).toContain('rerunnable');
    const pids = (await on.read('begun')).trim().split('\n');
    expect(pids).toHaveLength(1);
    expect(await isRunning(pids[0] ?? '')).toBe(false);
  });

  it('runs it again only where it is rerunnable', async () => {
    const on = await fleet(['a']);
    const { stop } = cutWhen(on, 'begun');
    const site = playOf(() => [shell('action', script(on), { rerunnable: true })]);
    const ran = await on.run(site, { liveOutput: true }).finally(stop);
    expect(ran.end('a', 'action').failure).toBeUndefined();
    expect((await on.read('begun')).trim().split('\n')).toHaveLength(2);
  });
});

describe('a connection that is lost while a change is made', () => {
  it('is a change all the same when it is found done, and its handlers are notified', async () => {
    const on = await fleet(['a']);
    const site = playOf(function* () {
      const bang = handler(append(on, 'bang', 'bang'));
      yield copy('conf', { content: 'x', dest: on.path('conf') }, { notify: bang });
    });
    // The answer takes its time: the cut comes before it.
    const { stop } = cutWhen(on, 'conf', { delay: 60 });
    const ran = await on.run(site).finally(stop);
    expect(ran.end('a', 'conf').outcome).toBe('changed');
    expect(ran.end('a', 'conf').differences.length).toBeGreaterThan(0);
    expect(await logOf(on)).toEqual(['bang']);
  });
});
