/** What is known of one machine under many names: a change finds what it concerns, not each name. */
import { describe, expect, it } from 'vitest';
import { machine } from '../../../engine/module/machine.ts';
import { mountTable, type MountPoint } from '../../../engine/module/mount-table.ts';
import { defineReader, value, type Read } from '../../../engine/module/reader.ts';
import { way } from '../../../engine/module/read-ways.ts';
import { followWay } from '../../../engine/module/way.ts';
import { HostState, SharedEpoch, type Alteration } from '../../../engine/run/state/host-state.ts';

const file = defineReader<string, string>({
  name: 'file',
  script: () => '',
  parse: () => [],
  dependsOn: (path) => [path],
});

const noLinks = (): undefined => undefined;

function reads(
  state: HostState,
  path: string,
  links: (at: string) => string | undefined = noLinks,
) {
  const flight = state.depart();
  state.store(flight, '', way(path), value(followWay(path, links)));
  state.store(flight, '', file(path), value('old'));
  state.land(flight);
}

const namesOf = (count: number, clock = new SharedEpoch()): readonly HostState[] =>
  Array.from({ length: count }, () => {
    const state = new HostState(clock);
    const flight = state.depart();
    state.store(flight, '', machine('host'), value('one'));
    state.land(flight);
    return state;
  });

const at = (...paths: readonly string[]): Alteration => ({
  touches: { paths },
  everywhere: false,
  files: false,
});

const knows = (state: HostState | undefined, read: Read<unknown>): boolean =>
  state?.get('', read) !== undefined;

describe('changes under all names of a machine', () => {
  /** Looks at what the changes touch, when each name changes a file of its own. */
  function looks(names: number): number {
    let count = 0;
    const states = namesOf(names);
    for (const [index, state] of states.entries()) reads(state, `/srv/${index}/f`);
    for (const [index, state] of states.entries()) {
      const touches = {
        get paths() {
          count += 1;
          return [`/srv/${index}/f`];
        },
      };
      const flight = state.depart();
      for (const by of [flight, flight]) state.changed({ ...at(), touches }, by);
      state.land(flight);
    }
    expect(states.some((state, index) => knows(state, file(`/srv/${index}/f`)))).toBe(false);
    return count;
  }

  it('cost each as much, however many names there are', () => {
    expect(looks(400) / 400).toBeLessThanOrEqual(looks(20) / 20);
  });

  it('leave alone what the others know of other files', () => {
    const [a, b, c] = namesOf(3);
    if (!a || !b || !c) throw new Error('three');
    for (const state of [a, b, c]) reads(state, '/srv/f');
    reads(c, '/srv/g');
    a.changed(at('/srv/f'));
    expect([a, b, c].map((state) => knows(state, file('/srv/f')))).toEqual([false, false, false]);
    expect(knows(c, file('/srv/g'))).toBe(true);
  });

  it('make stale what is about to be stored under another name', () => {
    const [a, b] = namesOf(2);
    if (!a || !b) throw new Error('two');
    const early = b.depart();
    a.changed(at('/srv/f'));
    const late = b.depart();
    for (const [flight, path] of [
      [early, '/srv/f'],
      [late, '/srv/f/late'],
    ] as const) {
      b.store(flight, '', way(path), value(followWay(path, noLinks)));
      b.store(flight, '', file(path), value('old'));
    }
    expect([knows(b, file('/srv/f')), knows(b, file('/srv/f/late'))]).toEqual([false, true]);
  });

  it('make stale what was touched before a name was known to be of the machine', () => {
    const clock = new SharedEpoch();
    const [a] = namesOf(1, clock);
    const stranger = new HostState(clock);
    const flight = stranger.depart();
    stranger.changed(at('/srv/own'));
    a?.changed(at('/srv/f'));
    stranger.store(flight, '', machine('host'), value('one'));
    for (const path of ['/srv/own', '/srv/f', '/srv/other']) {
      stranger.store(flight, '', way(path), value(followWay(path, noLinks)));
      stranger.store(flight, '', file(path), value('old'));
    }
    const known = ['/srv/own', '/srv/f', '/srv/other'].map((path) => knows(stranger, file(path)));
    expect(known).toEqual([false, false, true]);
  });
});

describe('a change under one name is found as others see it', () => {
  it('through a link that only they have looked at', () => {
    const [a, b] = namesOf(2);
    if (!a || !b) throw new Error('two');
    reads(b, '/link', (path) => (path === '/link' ? '/real' : undefined));
    reads(b, '/real');
    a.changed(at('/link'));
    expect(knows(b, file('/real'))).toBe(false);
  });

  it('below a mount that only they know of', () => {
    const points: readonly MountPoint[] = [
      { at: '/', device: '8:1', root: '/' },
      { at: '/mnt', device: '8:2', root: '/' },
    ];
    const [a, b] = namesOf(2);
    if (!a || !b) throw new Error('two');
    const flight = b.depart();
    b.store(flight, '', mountTable('host'), value(points));
    b.land(flight);
    reads(b, '/mnt/f');
    reads(b, '/mnt/g');
    a.changed(at('/mnt/f'));
    expect([knows(b, file('/mnt/f')), knows(b, file('/mnt/g'))]).toEqual([false, true]);
  });

  it('and no more once their connection was lost', () => {
    const [a, b] = namesOf(2);
    if (!a || !b) throw new Error('two');
    b.lost();
    reads(b, '/srv/f');
    a.changed(at('/srv/f'));
    expect(knows(b, file('/srv/f'))).toBe(true);
  });

  it('with the mount table, where it may be another', () => {
    const [a, b] = namesOf(2);
    if (!a || !b) throw new Error('two');
    const asks = (): boolean =>
      b.surroundings([file('/f')]).some(({ reader }) => reader === mountTable.definition);
    const flight = b.depart();
    b.store(flight, '', mountTable('host'), value([]));
    b.land(flight);
    expect(asks()).toBe(false);
    a.changed({ ...at(), touches: 'everything' });
    expect(asks()).toBe(true);
  });
});
