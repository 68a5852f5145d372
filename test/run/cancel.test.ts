import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { handler } from '../../engine/dsl/declare.ts';
import { pause } from '../../engine/modules/control/pause.ts';
import type { Event } from '../../engine/report/events.ts';
import { fleet, type Fleet } from './harness.ts';
import { append, isRunning, logOf, playOf, shell, pendingIn } from './steps.ts';

/** Calls `then` once a file is there. */
function whenThere(on: Fleet, file: string, then: () => void): () => void {
  let done = false;
  const watch = setInterval(() => {
    if (done || !existsSync(on.path(file))) return;
    done = true;
    then();
  }, 10);
  return () => clearInterval(watch);
}

describe('the first Ctrl-C', () => {
  it('lets what runs finish, starts nothing new anywhere, and exits 130', async () => {
    const on = await fleet();
    const soft = new AbortController();
    const stop = whenThere(on, 'begun', () => soft.abort());
    const ran = await on
      .run(
        playOf(function* (host) {
          const bang = handler(append(on, 'bang', 'bang'));
          const script = `echo x > ${on.path('begun')}; sleep 0.5; echo ${host} >> ${on.path('log')}`;
          yield shell('slow', script, { throttle: 1, notify: bang });
          yield append(on, 'next', 'next');
        }),
        { soft: soft.signal },
      )
      .finally(stop);
    expect(ran.exitCode).toBe(130);
    expect(await logOf(on)).toHaveLength(1);
    expect(ran.lines.filter((line) => line.endsWith('changed'))).toHaveLength(1);
    expect(await pendingIn(on)).toHaveLength(1);
  });

  it('ends the wait between attempts and a pause at once', async () => {
    const waiting = [
      pause('wait', { seconds: 600 }),
      shell('wait', 'false', { retries: 3, delay: 600 }),
    ];
    for (const wait of waiting) {
      const on = await fleet(['a']);
      const soft = new AbortController();
      const listen = (event: Event): void => {
        if (event.event === 'step-start') setTimeout(() => soft.abort(), 300);
      };
      const start = Date.now();
      const ran = await on.run(
        playOf(() => [wait]),
        { soft: soft.signal, listen },
      );
      expect(ran.exitCode).toBe(130);
      expect(Date.now() - start).toBeLessThan(30_000);
    }
  });
});

describe('the second Ctrl-C', () => {
  it('ends the tree of what runs, and exits 130', async () => {
    const on = await fleet(['a']);
    const [soft, hard] = [new AbortController(), new AbortController()];
    const stop = whenThere(on, 'pid', () => {
      soft.abort();
      hard.abort();
    });
    const script = `sleep 300 & echo $! > ${on.path('pid.new')}
mv ${on.path('pid.new')} ${on.path('pid')}; wait; echo ended >> ${on.path('log')}`;
    const ran = await on
      .run(
        playOf(() => [shell('slow', script), append(on, 'next', 'next')]),
        { soft: soft.signal, hard: hard.signal },
      )
      .finally(stop);
    expect(ran.exitCode).toBe(130);
    const id = (await on.read('pid')).trim();
    for (let tries = 0; tries < 150 && (await isRunning(id)); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await isRunning(id)).toBe(false);
    expect(await logOf(on)).toEqual([]);
  });
});
