import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { block } from '../../engine/dsl/declare.ts';
import type { Event } from '../../engine/report/events.ts';
import { fleet, type Fleet } from './harness.ts';
import { append, logOf, playOf, shell } from './steps.ts';

const say = (on: Fleet, name: string, host: string) => append(on, name, `${name} ${host}`);

/** Aborts once a step of that name has begun to act on a host. */
function abortAt(on: Fleet, file: string, signals: readonly AbortController[]): () => void {
  const watch = setInterval(() => {
    if (existsSync(on.path(file))) for (const signal of signals) signal.abort();
  }, 10);
  return () => clearInterval(watch);
}

const slow = (on: Fleet, name: string, seconds = 0.5) =>
  shell(name, `touch ${on.path(name)}; sleep ${seconds}; echo ${name} >> ${on.path('log')}`);

describe('the first Ctrl-C', () => {
  it('runs the always of every host that is within a block, waiting or working', async () => {
    for (const strategy of ['linear', 'free'] as const) {
      const on = await fleet(['a', 'b']);
      const soft = new AbortController();
      const stop = abortAt(on, 'slow', [soft]);
      const ran = await on
        .run(
          playOf(
            (host) => [
              block('work', {
                tasks: [
                  say(on, 'drain', host),
                  ...(host === 'a' ? [slow(on, 'slow')] : []),
                  say(on, 'up', host),
                ],
                always: [say(on, 'undrain', host), say(on, 'tell', host)],
              }),
            ],
            { strategy, serial: strategy === 'linear' ? 2 : 1 },
          ),
          { soft: soft.signal },
        )
        .finally(stop);
      expect(ran.exitCode).toBe(130);
      const log = await logOf(on);
      expect(log).toEqual(expect.arrayContaining(['slow', 'undrain a', 'tell a']));
      expect(log).not.toContain('up a');
      if (strategy === 'linear') expect(log).toEqual(expect.arrayContaining(['tell b']));
    }
  });

  it('connects to whom the always of a host needs', async () => {
    const on = await fleet(['a', 'b']);
    const soft = new AbortController();
    const stop = abortAt(on, 'slow', [soft]);
    const ran = await on
      .run(
        playOf(
          (host) => [
            block('work', {
              tasks: [slow(on, 'slow'), say(on, 'up', host)],
              always: [append(on, 'undrain', 'undrain', { on: 'b' })],
            }),
          ],
          { hosts: 'a' },
        ),
        { soft: soft.signal },
      )
      .finally(stop);
    expect(await logOf(on)).toEqual(['slow', 'undrain']);
    expect(ran.end('a', 'undrain')).toMatchObject({ outcome: 'changed', on: 'b' });
    expect(ran.exitCode).toBe(130);
  });

  it('lets an always that runs come to its end, and begins nothing behind it', async () => {
    const on = await fleet(['a']);
    const soft = new AbortController();
    const stop = abortAt(on, 'slow', [soft]);
    const ran = await on
      .run(
        playOf((host) => [
          block('b', {
            tasks: [say(on, 'in', host)],
            always: [slow(on, 'slow'), say(on, 'end', host)],
          }),
          say(on, 'after', host),
        ]),
        { soft: soft.signal },
      )
      .finally(stop);
    expect(await logOf(on)).toEqual(['in a', 'slow', 'end a']);
    expect(ran.exitCode).toBe(130);
  });

  it('ends the pause of a retry, and its always runs', async () => {
    const on = await fleet(['a']);
    const soft = new AbortController();
    const listen = (event: Event): void => {
      if (event.event === 'step-retry') soft.abort();
    };
    const ran = await on.run(
      playOf((host) => [
        block('b', {
          tasks: [shell('try', 'exit 1', { retries: 5, delay: 600 })],
          always: [say(on, 'always', host)],
        }),
      ]),
      { soft: soft.signal, listen },
    );
    expect(await logOf(on)).toEqual(['always a']);
    expect(ran.exitCode).toBe(130);
  });
});

describe('the second Ctrl-C', () => {
  it('begins no always either', async () => {
    const on = await fleet(['a']);
    const [soft, hard] = [new AbortController(), new AbortController()];
    const stop = abortAt(on, 'slow', [soft, hard]);
    const ran = await on
      .run(
        playOf((host) => [
          block('b', { tasks: [slow(on, 'slow', 60)], always: [say(on, 'always', host)] }),
        ]),
        { soft: soft.signal, hard: hard.signal },
      )
      .finally(stop);
    expect(await logOf(on)).toEqual([]);
    expect(ran.exitCode).toBe(130);
  });
});
