import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptFiles } from '../../engine/controller/kept-files.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-kept-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Counts how often something is made of a file. */
function making() {
  const kept = new KeptFiles<number>();
  let made = 0;
  return (files: number, fails = false): Promise<number> =>
    kept.get(path, files, () => {
      made += 1;
      return fails ? Promise.reject(new Error(`attempt ${made}`)) : Promise.resolve(made);
    });
}

/** Longer than the step of a file system's clock. */
const old = (): Promise<void> => sleep(110);

describe('what was made of a file', () => {
  it('is kept as long as the file is the same, whatever else was written', async () => {
    writeFileSync(path, 'one');
    await old();
    const make = making();
    expect([await make(0), await make(0), await make(1)]).toEqual([1, 1, 1]);
  });

  it('is made anew of another content, of the same size and time too', async () => {
    writeFileSync(path, 'one');
    await old();
    const make = making();
    await make(0);
    writeFileSync(path, 'two');
    utimesSync(path, 1000, 1000);
    expect(await make(0)).toBe(2);
  });

  it('is not believed of a file that is so young that its time does not tell, once anything may have written', async () => {
    writeFileSync(path, 'one');
    const make = making();
    expect([await make(0), await make(0), await make(1)]).toEqual([1, 1, 2]);
  });

  it.each([1000, Date.now() / 1000 + 3600])(
    'is not believed of one whose time was set, to %d',
    async (time) => {
      writeFileSync(path, 'one');
      utimesSync(path, time, time);
      const make = making();
      expect([await make(0), await make(1)]).toEqual([1, 2]);
    },
  );

  it('is believed of a file of whose age both its times tell', async () => {
    writeFileSync(path, 'one');
    utimesSync(path, 1000, 1000);
    await old();
    const make = making();
    expect([await make(0), await make(1)]).toEqual([1, 1]);
  });

  it('is not kept where it failed', async () => {
    writeFileSync(path, 'one');
    await old();
    const make = making();
    await expect(make(0, true)).rejects.toThrow('attempt 1');
    expect([await make(0), await make(0)]).toEqual([2, 2]);
  });

  it('is not kept where there is no file', async () => {
    const make = making();
    expect([await make(0), await make(0)]).toEqual([1, 2]);
  });
});
