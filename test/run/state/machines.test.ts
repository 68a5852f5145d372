import { describe, expect, it } from 'vitest';
import { Clock } from '../../../engine/run/state/clock.ts';
import { Machines } from '../../../engine/run/state/machines.ts';

describe('names of the inventory', () => {
  const known = (): Machines<string> => {
    const machines = new Machines<string>();
    machines.identify('a', 'one');
    machines.identify('b', 'one');
    machines.identify('c', 'two');
    machines.identify('d', undefined);
    return machines;
  };

  it('are one machine where they tell the same', () => {
    expect(known().others('a')).toEqual(['b']);
    expect(known().others('c')).toEqual([]);
    expect(known().idOf('a')).toBe('one');
  });

  it('that do not tell are machines of their own, and were asked', () => {
    expect(known().others('d')).toEqual([]);
    expect(known().isKnown('d')).toBe(true);
    expect(known().isKnown('e')).toBe(false);
    expect(known().others('e')).toEqual([]);
  });

  it('may lead to another machine when they answer again', () => {
    const machines = known();
    machines.forget('a');
    expect([machines.isKnown('a'), machines.idOf('a')]).toEqual([false, undefined]);
    expect(machines.others('b')).toEqual([]);
    machines.identify('a', 'two');
    expect(machines.others('c')).toEqual(['a']);
    machines.identify('a', 'one');
    expect(machines.others('c')).toEqual([]);
    machines.forget('e');
    expect(machines.others('b')).toEqual(['a']);
  });

  it('of one machine share what may be done one at a time', () => {
    const machines = known();
    expect(machines.exclusive('a')).toBe(machines.exclusive('b'));
    expect(machines.exclusive('a')).toBe(machines.exclusive('a'));
    expect(machines.exclusive('a')).not.toBe(machines.exclusive('c'));
    expect(machines.exclusive('d')).toBeUndefined();
    expect(machines.exclusive('a')?.concurrency).toBe(1);
  });
});

describe('the clock of a run', () => {
  it('counts changes, those that may have reached any host, and those of the controller’s files; time that passes too', () => {
    const clock = new Clock();
    const times = [clock.now];
    clock.advance({ everywhere: false, files: false });
    times.push(clock.now);
    clock.advance({ everywhere: true, files: false });
    times.push(clock.now);
    clock.advance({ everywhere: false, files: true });
    times.push(clock.now);
    clock.waited();
    times.push(clock.now);
    clock.elapsed();
    times.push(clock.now);
    expect(times).toEqual([
      { changes: 0, reaches: 0, files: 0 },
      { changes: 1, reaches: 0, files: 0 },
      { changes: 2, reaches: 1, files: 1 },
      { changes: 3, reaches: 1, files: 2 },
      { changes: 3, reaches: 1, files: 3 },
      { changes: 3, reaches: 2, files: 3 },
    ]);
  });
});
