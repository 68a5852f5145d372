import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  labFolder,
  labNames,
  openStateFolder,
  readRecord,
  removeLabFolder,
  stateFolder,
  writeRecord,
} from '../../lab/state.ts';

describe('stateFolder', () => {
  test('lies outside any repository unless TSPLAY_LAB says otherwise', () => {
    expect(stateFolder({})).toBe('/var/tmp/tsplay-lab');
    expect(stateFolder({ TSPLAY_LAB: '' })).toBe('/var/tmp/tsplay-lab');
    expect(stateFolder({ TSPLAY_LAB: '/srv/labs' })).toBe('/srv/labs');
  });

  test.each(['/srv/my labs', '/srv/a:b', '/srv/a,b', '/srv/a\\b'])(
    'a path that mount options cannot carry is refused: %s',
    (path) => {
      expect(() => stateFolder({ TSPLAY_LAB: path })).toThrow('cannot be mounted on');
    },
  );
});

describe('records', () => {
  let state: string;
  const record = {
    driver: 'nspawn',
    name: 'two',
    prefix: 'node',
    subnet: '10.99.2',
    bridge: 'lab-two',
    packages: ['jq'],
    base: '/somewhere',
    count: 2,
  };
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'lab-state-'));
  });
  afterEach(() => rm(state, { recursive: true }));

  test('the state folder and what is in it are for the owner alone', async () => {
    const folder = join(state, 'open');
    await openStateFolder(folder);
    await writeRecord(folder, record);
    const modes = await Promise.all(
      [folder, labFolder(folder, 'two'), join(labFolder(folder, 'two'), 'lab.json')].map(
        async (path) => ((await stat(path)).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['700', '700', '600']);
  });

  test('a record is read as it was written', async () => {
    await writeRecord(state, record);
    expect(await readRecord(state, 'two')).toEqual(record);
    expect(await labNames(state)).toEqual(['two']);
  });

  test('a lab that was never made has no record', async () => {
    expect(await readRecord(state, 'two')).toBeUndefined();
    expect(await labNames(state)).toEqual([]);
  });

  test('a removed lab is gone, others stay', async () => {
    await writeRecord(state, record);
    await writeRecord(state, { ...record, name: 'three' });
    await removeLabFolder(state, 'two');
    expect(await labNames(state)).toEqual(['three']);
  });

  test('a record that was damaged is refused with the file and what to do', async () => {
    await writeRecord(state, record);
    await writeFile(join(labFolder(state, 'two'), 'lab.json'), '{"name":');
    await expect(readRecord(state, 'two')).rejects.toMatchObject({
      message: expect.stringContaining(join(labFolder(state, 'two'), 'lab.json')),
      hint: expect.stringContaining('play lab down --name two'),
    });
  });
});
