import { describe, expect, it } from 'vitest';
import { PlayEnded } from '../../../engine/errors.ts';
import { Turnstile, type WaitFor } from '../../../engine/run/order/step-order.ts';

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

describe('who waits for a step of another host', () => {
  it('goes on when that host is past it or gone, at once where it has no such step', () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    const told: string[] = [];
    turnstile.stand('a', 2);
    turnstile.whenPast('a', 1, () => told.push('past'))();
    turnstile.whenPast('a', undefined, () => told.push('none'))();
    turnstile.whenPast('c', 9, () => told.push('gone'))();
    turnstile.whenPast('a', 2, () => told.push('a'));
    turnstile.whenPast('b', 4, () => told.push('b'));
    const stop = turnstile.whenPast('a', 2, () => told.push('stopped'));
    expect(told).toEqual(['past', 'none', 'gone']);
    stop();
    turnstile.stand('a', 3);
    turnstile.stand('b', 4);
    expect(told).toEqual(['past', 'none', 'gone', 'a']);
    turnstile.leave('b');
    expect(told).toEqual(['past', 'none', 'gone', 'a', 'b']);
  });

  it('sees the live hosts that may still come to it', () => {
    const turnstile = new Turnstile(['a', 'b', 'c'], true);
    turnstile.stand('a', 3);
    turnstile.stand('b', 2);
    expect([...turnstile.upTo(2)]).toEqual(['b', 'c']);
    expect([...turnstile.upTo(1)]).toEqual(['c']);
    turnstile.leave('c');
    expect([...turnstile.upTo(3)]).toEqual(['a', 'b']);
  });

  it('hears of every move until it has heard enough', () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    const moves: unknown[] = [];
    const stop = turnstile.onMove((host, to) => moves.push([host, to]));
    turnstile.stand('a', 1);
    turnstile.leave('b');
    turnstile.leave('b');
    stop();
    turnstile.stand('a', 2);
    expect(moves).toEqual([
      ['a', 1],
      ['b', undefined],
    ]);
  });
});

describe('a wait', () => {
  const never = (): (() => void) => () => undefined;
  const forHost = (host: string, other: string, more: Partial<WaitFor> = {}): WaitFor => ({
    host,
    hosts: () => [other],
    ...more,
  });

  it('ends when it is told to, also at once, and stops watching then', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    let go = (): void => undefined;
    let stopped = 0;
    const wait = turnstile.wait(forHost('a', 'b'), (told) => {
      go = told;
      return () => void (stopped += 1);
    });
    expect(await isDone(wait)).toBe(false);
    go();
    await wait;
    expect(stopped).toBe(1);
    await turnstile.wait(forHost('a', 'b'), (told) => {
      told();
      return () => void (stopped += 1);
    });
    expect(stopped).toBe(2);
  });

  it('of hosts for each other is refused to the first that can be, with all of them named', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    const refuse = (stuck: readonly string[]) => new Error(`stuck: ${stuck.join(' ')}`);
    const one = turnstile.wait(forHost('a', 'b', { refuse }), never);
    const other = turnstile.wait(forHost('b', 'a'), never);
    await expect(one).rejects.toThrow('stuck: a b');
    expect(await isDone(other)).toBe(false);
    // It is over: who waits for the one now waits for nobody who waits.
    const third = turnstile.wait(forHost('c', 'b', { refuse }), never);
    expect(await isDone(third)).toBe(false);
  });

  it('that was over at once counts for nobody', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    const refuse = () => new Error('stuck');
    await turnstile.wait(forHost('a', 'b'), (go) => {
      go();
      return () => undefined;
    });
    const wait = turnstile.wait(forHost('b', 'a', { refuse }), never);
    expect(await isDone(wait)).toBe(false);
  });

  it('fails at the end of the play; a turn may go on then, and what waits anyway waits on', async () => {
    const turnstile = new Turnstile(['a', 'b'], true);
    turnstile.stand('a', 1);
    const fails = turnstile.wait(forHost('a', 'b'), never);
    const waits = turnstile.wait(forHost('a', 'b', { anyway: true }), never);
    const goesOn = turnstile.turn(1, 'a', true);
    turnstile.end(new PlayEnded('over'));
    turnstile.end('again');
    await expect(fails).rejects.toThrow('over');
    await goesOn;
    expect(await isDone(waits)).toBe(false);
    expect(turnstile.ended?.message).toBe('over');
    expect(() => turnstile.throwIfEnded()).toThrow('over');
    await expect(turnstile.wait(forHost('a', 'b'), never)).rejects.toThrow('over');
    expect(await isDone(turnstile.wait(forHost('a', 'b', { anyway: true }), never))).toBe(false);
    await turnstile.turn(1, 'a', true);
  });
});
