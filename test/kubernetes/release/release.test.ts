import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBundle } from '../../../bundle/make.ts';
import { readBundle } from '../../../kubernetes/release/lock.ts';
import { allPrograms } from '../../../kubernetes/release/programs.ts';
import { releasePrograms } from '../../../kubernetes/release/release.ts';
import { programSource } from '../../../kubernetes/release/source.ts';
import { parseVersion } from '../../../kubernetes/versions/version.ts';
import { programText, serverArchiveOf, sha512 } from './release-archive.ts';
import { releaseSite } from './release-site.ts';

const archive = serverArchiveOf(allPrograms);
const path = '/v1.19.9/kubernetes-server-linux-amd64.tar.gz';
const version = parseVersion('1.19.9');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-release-'));
  process.env['TSPLAY_CACHE'] = join(folder, 'cache');
});
afterEach(() => {
  delete process.env['TSPLAY_CACHE'];
  rmSync(folder, { recursive: true, force: true });
});

describe('a release', () => {
  const release = (site: string, sum = sha512(archive)) =>
    releasePrograms({ version, architecture: 'amd64', site, sha512: sum });

  test('is fetched, checked and unpacked once', async () => {
    const site = await releaseSite({ [path]: archive });
    const { directory, files } = await release(site.url);
    expect(Object.keys(files).toSorted()).toEqual(allPrograms.toSorted());
    expect(readdirSync(directory).toSorted()).toEqual(allPrograms.toSorted());
    expect(readFileSync(join(directory, 'kubelet'), 'utf8')).toBe(programText('kubelet'));
    await release(site.url);
    expect(site.asked).toEqual([path]);
  });

  test('with another checksum is not used, and not kept', async () => {
    const site = await releaseSite({ [path]: archive });
    await expect(release(site.url, '0'.repeat(128))).rejects.toThrow('has the sha512');
    expect(readdirSync(join(folder, 'cache', 'archives'))).toEqual([]);
  });

  test('goes on where a broken download stopped', async () => {
    const site = await releaseSite({ [path]: archive });
    site.breakAfter(300);
    await expect(release(site.url)).rejects.toThrow('broke off');
    const { files } = await release(site.url);
    expect(Object.keys(files)).toHaveLength(7);
    expect(site.asked[1]).toBe(`${path} from 300`);
  });

  test('that nobody knows a checksum of is refused before anything is fetched', async () => {
    const site = await releaseSite({ [path]: archive });
    const unknown = releasePrograms({ version, architecture: 'amd64', site: site.url });
    await expect(unknown).rejects.toThrow('no checksum is known');
    expect(site.asked).toEqual([]);
  });

  test('that is cut short but has its checksum is named', async () => {
    const cut = archive.subarray(0, archive.length >> 1);
    const site = await releaseSite({ [path]: cut });
    await expect(release(site.url, sha512(cut))).rejects.toThrow('cut short or damaged');
  });

  test('that cannot be reached tells the url and the way without the internet', async () => {
    const site = await releaseSite({});
    await site.close();
    await expect(release(site.url)).rejects.toMatchObject({
      message: expect.stringContaining(`${site.url}${path} cannot be fetched`),
      hint: expect.stringContaining('play bundle'),
    });
  });
});

describe('a bundle', () => {
  const bundleFor = async (site: string, said: string[] = []) =>
    makeBundle({
      version: '1.19.9',
      folder: join(folder, 'bundle'),
      architectures: ['amd64'],
      site,
      report: (line) => said.push(line),
    });
  const sums = { [`${path}.sha512`]: Buffer.from(`${sha512(archive)}\n`) };

  test('has a lock file with url and checksums, and is not fetched again', async () => {
    const site = await releaseSite({ [path]: archive, ...sums });
    const said: string[] = [];
    await bundleFor(site.url, said);
    const { lock } = readBundle(join(folder, 'bundle'));
    expect(lock).toMatchObject({
      kubernetes: '1.19.9',
      archives: [{ architecture: 'amd64', url: `${site.url}${path}`, sha512: sha512(archive) }],
    });
    expect(Object.keys(lock.archives[0]?.programs ?? {})).toHaveLength(7);
    expect(said.join('\n')).toContain('no checksum of this version is known');
    await bundleFor(site.url);
    expect(site.asked).toEqual([`${path}.sha512`, path]);
  });

  test('serves a run that invalidates no network', async () => {
    const site = await releaseSite({ [path]: archive, ...sums });
    await bundleFor(site.url);
    await site.close();
    const source = programSource({
      from: { kind: 'release', site: site.url, bundle: join(folder, 'bundle') },
      version,
      architecture: 'amd64',
      programs: ['kubelet', 'kubectl'],
      compress: true,
    });
    const files = await source.list();
    expect(files.map((file) => file.path)).toEqual(['kubelet', 'kubectl']);
    const bytes: Buffer[] = [];
    for await (const part of files[0]?.gzip?.open() ?? []) bytes.push(part as Buffer);
    expect(gunzipSync(Buffer.concat(bytes)).toString()).toBe(programText('kubelet'));
  });

  test('whose archive was changed is refused', async () => {
    const site = await releaseSite({ [path]: archive, ...sums });
    await bundleFor(site.url);
    rmSync(join(folder, 'cache'), { recursive: true });
    writeFileSync(join(folder, 'bundle', path), 'something else');
    const bundled = { version, architecture: 'amd64', bundle: join(folder, 'bundle') } as const;
    await expect(releasePrograms(bundled)).rejects.toThrow('has the sha512');
  });

  test('of another version, or none at all, is refused with what to do', async () => {
    const site = await releaseSite({ [path]: archive, ...sums });
    const bundle = join(folder, 'bundle');
    const missing = releasePrograms({ version, architecture: 'amd64', bundle });
    await expect(missing).rejects.toThrow('has no kubernetes.lock.json');
    await bundleFor(site.url);
    const other = releasePrograms({
      version: parseVersion('1.19.10'),
      architecture: 'amd64',
      bundle,
    });
    await expect(other).rejects.toThrow('has Kubernetes 1.19.9 for amd64, not 1.19.10 for amd64');
    const arm = releasePrograms({ version, architecture: 'arm64', bundle });
    await expect(arm).rejects.toThrow('not 1.19.9 for arm64');
  });

  test('whose lock file leads out of it is refused', async () => {
    const site = await releaseSite({ [path]: archive, ...sums });
    await bundleFor(site.url);
    const lock = join(folder, 'bundle', 'kubernetes.lock.json');
    const text = readFileSync(lock, 'utf8').replace('"v1.19.9/', '"../v1.19.9/');
    writeFileSync(lock, text);
    expect(() => readBundle(join(folder, 'bundle'))).toThrow('archives.0.path');
  });
});

describe('a folder of the controller', () => {
  test('serves what it has; a checksum file beside it spares reading', async () => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, 'kubelet'), 'program');
    writeFileSync(join(bin, 'README'), 'no program');
    writeFileSync(join(bin, 'SHA256SUMS'), `${'a'.repeat(64)}  bin/kubelet\n`);
    const source = programSource({
      from: { kind: 'directory', path: bin },
      version,
      architecture: 'amd64',
      programs: ['kubelet', 'kubectl'],
      compress: false,
    });
    const files = await source.list();
    expect(files).toMatchObject([
      { path: 'kubelet', content: { digest: 'a'.repeat(64), size: 7 } },
    ]);
    const sent = async (): Promise<void> => {
      for await (const part of files[0]?.content.open() ?? []) expect(part).toBeDefined();
    };
    await expect(sent()).rejects.toThrow('changed while it was sent');
  });
});
