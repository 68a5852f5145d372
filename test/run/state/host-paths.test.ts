import { describe, expect, it } from 'vitest';
import { machine } from '../../../engine/module/machine.ts';
import { mountTable, type MountPoint } from '../../../engine/module/mount-table.ts';
import type { Invalidates } from '../../../engine/module/plan.ts';
import { way } from '../../../engine/module/read-ways.ts';
import { absent, value } from '../../../engine/module/reader.ts';
import { followWay } from '../../../engine/module/way.ts';
import { file, of, stateWith, store } from './host-answers.ts';

describe('where things are', () => {
  const table = (...points: readonly MountPoint[]) => value(points);
  const root = { at: '/', device: '8:1', root: '/' };

  it('is asked with what was read, and again when it may be another', () => {
    const { state } = stateWith(file('/a'));
    const asks = () => state.surroundings([file('/a')]).map(({ reader }) => reader.name);
    const names = [mountTable('host'), way('/a')].map(({ reader }) => reader.name);
    const openBatch = state.startRead();
    state.store(openBatch, '', machine('host'), absent);
    expect(asks()).toEqual(names);
    state.store(openBatch, '', mountTable('host'), table(root));
    state.finishRead(openBatch);
    expect(asks()).toEqual(names.slice(1));
    state.drop({ paths: ['/a'] });
    expect(asks()).toEqual(names.slice(1));
    state.drop({ readers: ['unit'] });
    expect(asks()).toEqual(names);
    state.store(openBatch, '', mountTable('host'), table(root));
    expect(asks()).toEqual(names.slice(1));
    state.drop('everything');
    expect(asks()).toEqual(names);
  });

  it('drops what was read when mounts are others, and only then', () => {
    const { state } = stateWith(file('/a'));
    const openBatch = state.startRead();
    state.store(openBatch, '', mountTable('host'), table(root));
    expect(state.get('', file('/a'))).toBeUndefined();
    store(state, openBatch, file('/a'), value('new'));
    state.store(openBatch, '', mountTable('host'), table(root));
    expect(state.get('', file('/a'))).toEqual(value('new'));
  });

  it('is stale when a link on the way is another, and not for what lies elsewhere', () => {
    const { state } = stateWith();
    const openBatch = state.startRead();
    const links = { '/cur': '/v1' } as Readonly<Record<string, string>>;
    const cur = followWay('/cur/x', (name) => links[name]);
    state.store(openBatch, '', way('/cur/x'), value(cur));
    state.store(openBatch, '', file('/cur/x'), value('old'));
    state.finishRead(openBatch);
    state.drop({ paths: ['/elsewhere'] });
    expect(state.get('', way('/cur/x'))).toBeDefined();
    expect(state.get('', file('/cur/x'))).toBeDefined();
    state.drop({ paths: ['/cur'] });
    expect(state.get('', way('/cur/x'))).toBeUndefined();
    expect(state.get('', file('/cur/x'))).toBeUndefined();
  });

  it('is asked before a change of what it invalidates, as far as nobody knows', () => {
    const { state } = stateWith(file('/a'));
    const openBatch = state.startRead();
    state.store(openBatch, '', machine('host'), absent);
    state.finishRead(openBatch);
    expect(state.unlocated({ paths: ['/a', '/b/', '/b'] })).toEqual([way('/b')]);
    expect(state.unlocated({ readers: ['unit'] })).toEqual([]);
    expect(state.unlocated('everything')).toEqual([]);
    state.changed(of('everything', { everywhere: true }));
    expect(state.unlocated({ paths: ['/a'] })).toEqual([way('/a')]);
  });

  it('is asked behind a change of what it invalidated, and not which machine it is', () => {
    const { state } = stateWith();
    const asks = (invalidates?: Invalidates) =>
      state.surroundings([], invalidates).map(({ id }) => id.replace(/ .*/, ''));
    expect(asks({ paths: ['/a/', '/b'] })).toEqual(['mountTable', 'way', 'way']);
    expect(asks({ readers: ['unit'] })).toEqual([]);
    expect(asks('everything')).toEqual([]);
    expect(asks()).toEqual(['machine']);
    expect(state.surroundings([], { paths: ['/a/'] }).at(-1)).toEqual(way('/a'));
  });

  it('and what was read of one user is dropped for that user, by its name', () => {
    const { state } = stateWith(file('/a'), file('/b'));
    state.dropReads('deploy', [file('/a')]);
    expect(state.get('', file('/a'))).toBeDefined();
    state.dropReads('', [file('/a')]);
    expect(state.get('', file('/a'))).toBeUndefined();
    expect(state.get('', file('/b'))).toBeDefined();
  });

  it('behind a change stays what the same read batch read, and nothing that others read', () => {
    const { state } = stateWith(file('/a'), file('/a/b'));
    const openBatch = state.startRead();
    state.changed(of({ paths: ['/a'] }), openBatch);
    store(state, openBatch, file('/a'), value('new'));
    const other = state.startRead();
    store(state, other, file('/a/b'), value('old'));
    state.reached({ paths: ['/a'] }, openBatch);
    expect(state.get('', file('/a'))).toEqual(value('new'));
    expect(state.get('', file('/a/b'))).toBeUndefined();
  });
});
