import { describe, expect, it } from 'vitest';
import { block } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, playOf, shell } from '../steps.ts';

/** Counts how often somebody tries to reach a host that does not answer. */
function deadHost(on: Fleet, host: string): { tries: number } {
  const seen = { tries: 0 };
  on.link(host, {
    refuse: 'gone',
    get delay() {
      seen.tries += 1;
      return 0;
    },
  });
  return seen;
}

const rescued = (rescue: readonly Step[]) =>
  playOf((host) =>
    host === 'b'
      ? [block('b', { tasks: [shell('first', 'true')], rescue }, { ignoreErrors: true })]
      : [],
  );

describe('a host that was found unreachable', () => {
  it('is not tried again by a rescue that asks it at once', async () => {
    const on = await fleet(['a', 'b']);
    const dead = deadHost(on, 'b');
    const tell = debug('tell', { message: 'it is gone' });
    const ran = await on.run(rescued([tell, shell('again', 'true')]));
    expect(ran.exitCode).toBe(4);
    expect(dead.tries).toBe(1);
  });

  it.each([
    ['did something elsewhere', (on: Fleet) => append(on, 'mend', 'mend', { on: 'a' })],
    ['waited', () => pause('wait', { seconds: 0.2 })],
  ])('is tried again where the rescue %s', async (_, mend) => {
    const on = await fleet(['a', 'b']);
    const dead = deadHost(on, 'b');
    await on.run(rescued([mend(on), shell('again', 'true')]));
    expect(dead.tries).toBe(2);
  });
});

describe('the second Ctrl-C', () => {
  it('ends the pauses between tries to reach a host again', async () => {
    const on = await fleet(['a']);
    const signals = [new AbortController(), new AbortController()] as const;
    let tries = 0;
    const link = on.link('a', {
      get delay() {
        tries += 1;
        return 0;
      },
    });
    const ran = await on.run(
      playOf(() => [shell('first', 'true'), shell('second', 'true')]),
      {
        soft: signals[0].signal,
        hard: signals[1].signal,
        listen(event) {
          if (event.event !== 'step-start' || event.step.name !== 'second') return;
          link.refuse = 'gone';
          link.cutAfterDown = 0;
          tries = 0;
          setTimeout(() => signals.forEach((signal) => signal.abort()), 700);
        },
      },
    );
    expect(ran.exitCode).toBe(130);
    // After 0.2 s; the next would be after 1 s more.
    expect(tries).toBeLessThan(3);
  });
});
