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
  const openBatch = state.startRead();
  state.store(openBatch, '', way(path), value(followWay(path, links)));
  state.store(openBatch, '', file(path), value('old'));
  state.finishRead(openBatch);
}

const namesOf = (count: number, clock = new SharedEpoch()): readonly HostState[] =>
  Array.from({ length: count }, () => {
    const state = new HostState(clock);
    const openBatch = state.startRead();
    state.store(openBatch, '', machine('host'), value('one'));
    state.finishRead(openBatch);
    return state;
  });

const at = (...paths: readonly string[]): Alteration => ({
  invalidates: { paths },
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
      const invalidates = {
        get paths() {
          count += 1;
          return [`/srv/${index}/f`];
        },
      };
      const openBatch = state.startRead();
      for (const by of [openBatch, openBatch]) state.changed({ ...at(), invalidates }, by);
      state.finishRead(openBatch);
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
    const early = b.startRead();
    a.changed(at('/srv/f'));
    const late = b.startRead();
    for (const [openBatch, path] of [
      [early, '/srv/f'],
      [late, '/srv/f/late'],
    ] as const) {
      b.store(openBatch, '', way(path), value(followWay(path, noLinks)));
      b.store(openBatch, '', file(path), value('old'));
    }
    expect([knows(b, file('/srv/f')), knows(b, file('/srv/f/late'))]).toEqual([false, true]);
  });

  it('make stale what was invalidated before a name was known to be of the machine', () => {
    const clock = new SharedEpoch();
    const [a] = namesOf(1, clock);
    const stranger = new HostState(clock);
    const openBatch = stranger.startRead();
    stranger.changed(at('/srv/own'));
    a?.changed(at('/srv/f'));
    stranger.store(openBatch, '', machine('host'), value('one'));
    for (const path of ['/srv/own', '/srv/f', '/srv/other']) {
      stranger.store(openBatch, '', way(path), value(followWay(path, noLinks)));
      stranger.store(openBatch, '', file(path), value('old'));
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
    const openBatch = b.startRead();
    b.store(openBatch, '', mountTable('host'), value(points));
    b.finishRead(openBatch);
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
    const openBatch = b.startRead();
    b.store(openBatch, '', mountTable('host'), value([]));
    b.finishRead(openBatch);
    expect(asks()).toBe(false);
    a.changed({ ...at(), invalidates: 'everything' });
    expect(asks()).toBe(true);
  });
});
