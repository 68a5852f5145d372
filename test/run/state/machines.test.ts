import { describe, expect, it } from 'vitest';
import { Clock } from '../../../engine/run/state/clock.ts';
import { machine } from '../../../engine/module/machine.ts';
import { absent, value } from '../../../engine/module/reader.ts';
import { HostState, SharedEpoch } from '../../../engine/run/state/host-state.ts';

const told = (): Readonly<Record<string, HostState>> => {
  const clock = new SharedEpoch();
  const names = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [name, new HostState(clock)]),
  );
  for (const [name, id] of Object.entries({ a: 'one', b: 'one', c: 'two', d: undefined })) {
    tell(names[name], id);
  }
  return names;
};

function tell(state: HostState | undefined, id: string | undefined): void {
  if (!state) throw new Error('no such name');
  const openBatch = state.startRead();
  state.store(openBatch, '', machine('host'), id === undefined ? absent : value(id));
  state.finishRead(openBatch);
}

const others = (names: Readonly<Record<string, HostState>>, name: string): readonly string[] =>
  Object.keys(names).filter((each) => names[name] && names[each]?.isSame(names[name]));

const isAsked = (state: HostState | undefined): boolean =>
  state?.unlocated({ paths: [] }).length === 1;

describe('names of the inventory', () => {
  it('are one machine where they tell the same', () => {
    expect(others(told(), 'a')).toEqual(['b']);
    expect(others(told(), 'c')).toEqual([]);
  });

  it('that do not tell are machines of their own, and were asked', () => {
    const names = told();
    expect(others(names, 'd')).toEqual([]);
    expect([names['d'], names['e']].map(isAsked)).toEqual([false, true]);
    expect(others(names, 'e')).toEqual([]);
  });

  it('may lead to another machine when they answer again', () => {
    const names = told();
    names['a']?.lost();
    expect(isAsked(names['a'])).toBe(true);
    expect(others(names, 'b')).toEqual([]);
    tell(names['a'], 'two');
    expect(others(names, 'c')).toEqual(['a']);
    tell(names['a'], 'one');
    expect(others(names, 'c')).toEqual([]);
    names['e']?.lost();
    expect(others(names, 'b')).toEqual(['a']);
  });

  it('of one machine share what may be done one at a time', () => {
    const { a, b, c, d, e } = told();
    expect(a?.exclusive).toBe(b?.exclusive);
    expect(a?.exclusive).not.toBe(c?.exclusive);
    expect(d?.exclusive).not.toBe(e?.exclusive);
    expect(a?.exclusive.concurrency).toBe(1);
  });

  it('are found among others, whichever are more', () => {
    const { a, b, c, d } = told();
    const all = (...of: (HostState | undefined)[]) =>
      new Set(of.filter((each) => each !== undefined));
    expect(a?.isAmong(all(a, b))).toBe(true);
    expect(a?.isAmong(all(a, b, c, d))).toBe(true);
    expect(a?.isAmong(all(a, c, d))).toBe(false);
    expect(c?.isAmong(all(a, b, c))).toBe(false);
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
