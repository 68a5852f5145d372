import { describe, expect, it } from 'vitest';
import { PlayEnded } from '../../engine/run/early-end.ts';
import { Turnstile } from '../../engine/run/turnstile.ts';

/** Whether a promise has settled once everything that is ready has run. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe('the linear order across hosts', () => {
  it('lets a host pass when every other live host is past all earlier steps', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    turnstile.stand('a', 2);
    const turn = turnstile.turn(2);
    expect(await isDone(turn)).toBe(false);
    turnstile.stand('b', 1);
    expect(await isDone(turn)).toBe(false);
    turnstile.stand('b', 2);
    expect(await isDone(turn)).toBe(true);
  });

  it('does not wait for a host that left', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    turnstile.stand('a', 5);
    const turn = turnstile.turn(5);
    turnstile.leave('b');
    expect(await isDone(turn)).toBe(true);
  });

  it('never moves a host backwards', () => {
    const turnstile = new Turnstile(['a'], true);
    turnstile.stand('a', 3);
    turnstile.stand('a', 1);
    expect(turnstile.positionOf('a')).toBe(3);
  });

  it('ends the play for whoever waits and for whoever comes later', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    turnstile.stand('a', 1);
    const turn = turnstile.turn(1);
    turnstile.end('2 of 2 hosts failed');
    await expect(turn).rejects.toThrow(PlayEnded);
    await expect(turnstile.turn(0)).rejects.toThrow('2 of 2 hosts failed');
  });

  it('waits for nobody when the play is free', async () => {
    const turnstile = new Turnstile(['a', 'b'], false);
    turnstile.stand('a', 9);
    await turnstile.turn(9);
  });
});
