import { describe, expect, it } from 'vitest';
import { PlayEnded } from '../../../engine/errors.ts';
import { StepOrder, type WaitFor } from '../../../engine/run/order/step-order.ts';

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
    const stepOrder = new StepOrder(['a', 'b'], true);
    stepOrder.advance('a', 2);
    const turn = stepOrder.turn(2);
    expect(await isDone(turn)).toBe(false);
    stepOrder.advance('b', 1);
    expect(await isDone(turn)).toBe(false);
    stepOrder.advance('b', 2);
    expect(await isDone(turn)).toBe(true);
  });

  it('does not wait for a host that left', async () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    stepOrder.advance('a', 5);
    const turn = stepOrder.turn(5);
    stepOrder.leave('b');
    expect(await isDone(turn)).toBe(true);
  });

  it('never moves a host backwards', () => {
    const stepOrder = new StepOrder(['a'], true);
    stepOrder.advance('a', 3);
    stepOrder.advance('a', 1);
    expect(stepOrder.positionOf('a')).toBe(3);
  });

  it('ends the play for whoever waits and for whoever comes later', async () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    stepOrder.advance('a', 1);
    const turn = stepOrder.turn(1);
    stepOrder.end('2 of 2 hosts failed');
    await expect(turn).rejects.toThrow(PlayEnded);
    await expect(stepOrder.turn(0)).rejects.toThrow('2 of 2 hosts failed');
  });

  it('waits for nobody when the play is free', async () => {
    const stepOrder = new StepOrder(['a', 'b'], false);
    stepOrder.advance('a', 9);
    await stepOrder.turn(9);
  });
});

describe('who waits for a step of another host', () => {
  it('goes on when that host is past it or gone, at once where it has no such step', () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    const told: string[] = [];
    stepOrder.advance('a', 2);
    stepOrder.whenPast('a', 1, () => told.push('past'))();
    stepOrder.whenPast('a', undefined, () => told.push('none'))();
    stepOrder.whenPast('c', 9, () => told.push('gone'))();
    stepOrder.whenPast('a', 2, () => told.push('a'));
    stepOrder.whenPast('b', 4, () => told.push('b'));
    const stop = stepOrder.whenPast('a', 2, () => told.push('stopped'));
    expect(told).toEqual(['past', 'none', 'gone']);
    stop();
    stepOrder.advance('a', 3);
    stepOrder.advance('b', 4);
    expect(told).toEqual(['past', 'none', 'gone', 'a']);
    stepOrder.leave('b');
    expect(told).toEqual(['past', 'none', 'gone', 'a', 'b']);
  });

  it('sees the live hosts that may still come to it', () => {
    const stepOrder = new StepOrder(['a', 'b', 'c'], true);
    stepOrder.advance('a', 3);
    stepOrder.advance('b', 2);
    expect([...stepOrder.upTo(2)]).toEqual(['b', 'c']);
    expect([...stepOrder.upTo(1)]).toEqual(['c']);
    stepOrder.leave('c');
    expect([...stepOrder.upTo(3)]).toEqual(['a', 'b']);
  });

  it('hears of every move until it has heard enough', () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    const moves: unknown[] = [];
    const stop = stepOrder.onMove((host, to) => moves.push([host, to]));
    stepOrder.advance('a', 1);
    stepOrder.leave('b');
    stepOrder.leave('b');
    stop();
    stepOrder.advance('a', 2);
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
    const stepOrder = new StepOrder(['a', 'b'], true);
    let go = (): void => undefined;
    let stopped = 0;
    const wait = stepOrder.wait(forHost('a', 'b'), (told) => {
      go = told;
      return () => void (stopped += 1);
    });
    expect(await isDone(wait)).toBe(false);
    go();
    await wait;
    expect(stopped).toBe(1);
    await stepOrder.wait(forHost('a', 'b'), (told) => {
      told();
      return () => void (stopped += 1);
    });
    expect(stopped).toBe(2);
  });

  it('of hosts for each other is refused to the first that can be, with all of them named', async () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    const refuse = (stuck: readonly string[]) => new Error(`stuck: ${stuck.join(' ')}`);
    const one = stepOrder.wait(forHost('a', 'b', { refuse }), never);
    const other = stepOrder.wait(forHost('b', 'a'), never);
    await expect(one).rejects.toThrow('stuck: a b');
    expect(await isDone(other)).toBe(false);
    // It is over: who waits for the one now waits for nobody who waits.
    const third = stepOrder.wait(forHost('c', 'b', { refuse }), never);
    expect(await isDone(third)).toBe(false);
  });

  it('that was over at once counts for nobody', async () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    const refuse = () => new Error('stuck');
    await stepOrder.wait(forHost('a', 'b'), (go) => {
      go();
      return () => undefined;
    });
    const wait = stepOrder.wait(forHost('b', 'a', { refuse }), never);
    expect(await isDone(wait)).toBe(false);
  });

  it('fails at the end of the play; a turn may go on then, and what waits anyway waits on', async () => {
    const stepOrder = new StepOrder(['a', 'b'], true);
    stepOrder.advance('a', 1);
    const fails = stepOrder.wait(forHost('a', 'b'), never);
    const waits = stepOrder.wait(forHost('a', 'b', { anyway: true }), never);
    const goesOn = stepOrder.turn(1, 'a', true);
    stepOrder.end(new PlayEnded('over'));
    stepOrder.end('again');
    await expect(fails).rejects.toThrow('over');
    await goesOn;
    expect(await isDone(waits)).toBe(false);
    expect(stepOrder.ended?.message).toBe('over');
    expect(() => stepOrder.throwIfEnded()).toThrow('over');
    await expect(stepOrder.wait(forHost('a', 'b'), never)).rejects.toThrow('over');
    expect(await isDone(stepOrder.wait(forHost('a', 'b', { anyway: true }), never))).toBe(false);
    await stepOrder.turn(1, 'a', true);
  });
});
