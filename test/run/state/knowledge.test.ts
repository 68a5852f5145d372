/** What is kept of packages that hosts got: by release, whole or not at all, whatever hosts say. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BroughtFile, Lesson } from '../../../engine/module/brought.ts';
import { Knowledge } from '../../../engine/run/state/knowledge.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tsplay-knowledge-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const plain: BroughtFile = {
  type: 'file',
  mode: '0644',
  owner: 'root',
  group: 'root',
  size: 3,
  of: [0],
};

const lesson = (changed: Partial<Lesson> = {}): Lesson => ({
  packages: [{ name: 'web', version: '1', arch: 'amd64' }],
  from: 'a',
  roots: { '/lib': '/usr/lib' },
  files: { '/etc/web.conf': plain, '/usr/lib/web/x': plain },
  units: {},
  users: {},
  groups: {},
  ...changed,
});

const web = new Map([['web', '1']]);
const found = async (packages = web, release = 'debian 12') =>
  new Knowledge(folder).find(release, packages);

async function kept(changed: Partial<Lesson> = {}): Promise<void> {
  await new Knowledge(folder).keep('debian 12', lesson(changed));
}

const files = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((path) => path.includes('/')).toSorted();

describe('a lesson', () => {
  it('is found by the next run', async () => {
    await kept();
    const brought = await found();
    expect(brought?.file('/etc/web.conf')).toEqual(plain);
    expect(brought?.file('/etc/other')).toBeUndefined();
    expect(brought?.from).toEqual(['a']);
  });

  it('is of one release and one version', async () => {
    await kept();
    expect(await found(web, 'debian 13')).toBeUndefined();
    expect(await found(new Map([['web', '2']]))).toBeUndefined();
  });

  it('is needed for every package', async () => {
    await kept();
    expect(await found(new Map([...web, ['other', '1']]))).toBeUndefined();
  });

  it('is found through links of the root', async () => {
    await kept();
    expect((await found())?.file('/lib/web/x')).toEqual(plain);
  });

  it('can be read by its owner only', async () => {
    await kept();
    expect((await stat(join(folder, 'v1'))).mode & 0o777).toBe(0o700);
    for (const path of await files()) {
      expect((await stat(join(folder, path))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('what came together', () => {
  const both = {
    packages: [
      { name: 'web', version: '1', arch: 'amd64' },
      { name: 'lib', version: '1', arch: 'amd64' },
    ],
    files: {
      '/etc/web.conf': plain,
      '/etc/lib.conf': { ...plain, of: [1] },
      '/etc/made': { ...plain, of: [] },
      '/var/lib/made': { ...plain, of: [] },
    },
  };

  it('is certain where all of it comes', async () => {
    await kept(both);
    const brought = await found(new Map([...web, ['lib', '1']]));
    expect(brought?.file('/etc/lib.conf')).toMatchObject({ of: [1] });
    expect(brought?.file('/etc/made')).toMatchObject({ of: [] });
  });

  it('is uncertain of what scripts made, where a part of it comes', async () => {
    await kept(both);
    const brought = await found();
    expect(brought?.file('/etc/web.conf')).toEqual(plain);
    expect(brought?.file('/etc/lib.conf')).toBeUndefined();
    expect(brought?.file('/etc/made')).toBe('perhaps');
  });

  it('is uncertain of data, which another service may have written', async () => {
    await kept(both);
    const brought = await found(new Map([...web, ['lib', '1']]));
    expect(brought?.file('/var/lib/made')).toBe('perhaps');
  });
});

describe('nothing is believed', () => {
  const damaged = async (change: (text: string) => string): Promise<void> => {
    await kept();
    for (const path of await files()) {
      const at = join(folder, path);
      await writeFile(at, change(await readFile(at, 'utf8')));
    }
  };

  it.each<[string, (text: string) => string]>([
    ['is cut short', (text) => text.slice(0, text.length / 2)],
    ['was changed', (text) => text.replace('0644', '0666').replace(/^[0-9a-f]{4}/, 'ffff')],
    ['is empty', () => ''],
    ['names another file', () => '../../etc/passwd\n'],
  ])('that %s', async (_, change) => {
    await damaged(change);
    expect(await found()).toBeUndefined();
  });

  it('that is larger than a lesson is', async () => {
    const name = 'x'.repeat(4000);
    const many = Array.from({ length: 3000 }, (_, index) => [`/${name}${index}`, plain] as const);
    await kept({ files: Object.fromEntries(many) });
    expect(await found()).toBeUndefined();
  });

  it('that is no lesson', async () => {
    await kept({ files: { '/x': { ...plain, mode: 'rwx' } } });
    expect(await found()).toBeUndefined();
  });
});

it('names of a host name no path', async () => {
  const name = '../../../escaped';
  await kept({ packages: [{ name, version: '/1', arch: '..' }] });
  expect(await found(new Map([[name, '/1']]))).toBeDefined();
  expect((await files()).every((path) => /^v1\/(lesson|package)-[0-9a-f]{64}/.test(path))).toBe(
    true,
  );
});

it('runs that keep at once leave whole files', async () => {
  await Promise.all(Array.from({ length: 20 }, () => kept()));
  expect(await found()).toBeDefined();
  expect(await files()).toHaveLength(2);
});

it('one host of a run learns for all', async () => {
  const knowledge = new Knowledge(folder);
  const packages = lesson().packages;
  expect(await knowledge.claim('debian 12', packages)).toBe(true);
  expect(await knowledge.claim('debian 12', packages)).toBe(false);
  await knowledge.keep('debian 12', lesson());
  expect(await new Knowledge(folder).claim('debian 12', packages)).toBe(false);
});

it('without a folder nothing is learned', async () => {
  const none = new Knowledge(undefined);
  expect(await none.claim('debian 12', lesson().packages)).toBe(false);
  await none.keep('debian 12', lesson());
  expect(await none.find('debian 12', web)).toBeUndefined();
});
