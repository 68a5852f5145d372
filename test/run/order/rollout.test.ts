import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HeldBack } from '../../../engine/run/hosts/loss.ts';
import { Rollout } from '../../../engine/run/order/rollout.ts';

/** A rolling block for hosts that come in this order; `log` says who began it or was held back. */
function rolling(atOnce: number) {
  const at = { file: 'site.ts', line: 1, column: 1 };
  const parts = { tasks: [], rescue: [], always: [], throttle: undefined };
  const rollout = new Rollout(
    { node: 'block', id: 'site/roll', name: 'roll', at, rolling: { atOnce }, ...parts },
    atOnce,
  );
  const log: string[] = [];
  const over: string[] = [];
  const come = (host: string, order: number, flush?: string): void => {
    rollout
      .enter(host, order, flush, () => over.push(host))
      .then(
        () => log.push(host),
        (error: unknown) => log.push(error instanceof HeldBack ? error.message : String(error)),
      );
  };
  return { rollout, log, over, come };
}

describe('a rolling block through its hosts', () => {
  it('lets in first who is first in order, though others came before', async () => {
    const { rollout, log, come } = rolling(1);
    come('b', 2);
    come('a', 1);
    await turn();
    expect(log).toEqual(['a']);
    expect([...rollout.holders]).toEqual(['a']);
  });

  it('is alone with one host until one has changed something and come out', async () => {
    const { rollout, log, come } = rolling(2);
    for (const [order, host] of ['a', 'b', 'c', 'd'].entries()) come(host, order);
    await turn();
    expect(log).toEqual(['a']);
    // It had nothing to change, so it proves nothing.
    rollout.worked('a', undefined, false);
    await turn();
    expect(log).toEqual(['a', 'b']);
    rollout.worked('b', undefined, true);
    await turn();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has no more hosts in it than may be at once', async () => {
    const { rollout, log, come } = rolling(2);
    come('a', 0);
    await turn();
    rollout.worked('a', undefined, true);
    for (const [order, host] of ['b', 'c', 'd'].entries()) come(host, order);
    await turn();
    expect(log).toEqual(['a', 'b', 'c']);
    rollout.worked('c', undefined, true);
    await turn();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('proves itself anew behind each flush', async () => {
    const { rollout, log, come } = rolling(2);
    come('a', 0, 'early');
    await turn();
    rollout.worked('a', 'early', true);
    come('a', 0, 'late');
    come('b', 1, 'late');
    await turn();
    expect(log).toEqual(['a', 'a']);
  });

  it('holds back whoever waits, and whoever comes, once it failed on a host', async () => {
    const { rollout, log, over, come } = rolling(1);
    come('a', 0);
    come('b', 1);
    await turn();
    expect(rollout.stopped).toBeUndefined();
    rollout.failed('a');
    await turn();
    come('c', 2);
    await turn();
    expect(log).toEqual(['a', "held back: 'roll' failed on a", "held back: 'roll' failed on a"]);
    expect(over).toEqual(['a', 'b', 'c']);
    expect([...rollout.holders]).toEqual([]);
  });

  it('names the host that failed first', async () => {
    const { rollout } = rolling(2);
    rollout.failed('a');
    rollout.failed('b');
    expect(rollout.stopped?.failedOn).toBe('a');
  });

  it('is left to the next where a host leaves it since the play ended', async () => {
    const { rollout, log, come } = rolling(1);
    come('a', 0);
    come('b', 1);
    await turn();
    rollout.ended('a');
    await turn();
    expect(log).toEqual(['a', 'b']);
    expect(rollout.stopped).toBeUndefined();
  });
});
