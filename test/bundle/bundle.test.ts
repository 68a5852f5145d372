import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleImages } from '../../bundle/images.ts';
import { makeBundle } from '../../bundle/make.ts';
import { bundlePackages } from '../../bundle/packages.ts';
import { writeLock } from '../../kubernetes/release/lock.ts';
import { allPrograms } from '../../kubernetes/release/programs.ts';
import { bundledImages, bundledPackages } from '../../roles/bundle/index.ts';
import { serverArchiveOf, sha512 } from '../kubernetes/release/release-archive.ts';
import { releaseSite } from '../kubernetes/release/release-site.ts';
import { collected, refused } from '../roles/collected.ts';
import { debRepository, sha256 } from './deb-repository.ts';

let folder = '';
let bundle = '';
let said: string[] = [];
const report = (line: string): void => void said.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsplay-bundle-'));
  // apt's own user looks into it.
  chmodSync(folder, 0o755);
  bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  said = [];
  process.env['TSPLAY_CACHE'] = join(folder, 'cache');
});
afterEach(() => {
  delete process.env['TSPLAY_CACHE'];
  rmSync(folder, { recursive: true, force: true });
});

const repository = (): Record<string, Buffer> => debRepository(folder);

const packagesFrom = (url: string, names: readonly string[] = ['first']) =>
  bundlePackages(bundle, {
    names,
    architectures: ['amd64'],
    sources: `deb [trusted=yes] ${url} ./\n`,
    report,
  });

describe("Debian's packages", () => {
  test('come with what they need, each with url and sha256', async () => {
    const files = repository();
    const site = await releaseSite(files);
    const locked = await packagesFrom(site.url);
    expect(locked).toEqual(
      [
        ['first_2.0-1_amd64.deb', '/pool/first_2.0-1_amd64.deb'],
        ['second_1.5_amd64.deb', '/pool/second_1.5_amd64.deb'],
      ].map(([name = '', path = '']) => ({
        path: `packages/${name}`,
        url: expect.stringMatching(new RegExp(`^${site.url}/(\\./)?${path.slice(1)}$`)),
        sha256: sha256(files[path] ?? Buffer.alloc(0)),
        size: files[path]?.length,
      })),
    );
    expect(existsSync(join(bundle, '.apt'))).toBe(false);
  });

  test('are a source of apt that needs no network', async () => {
    const site = await releaseSite(repository());
    await packagesFrom(site.url);
    await site.close();
    const state = join(folder, 'host');
    for (const part of ['lists/partial', 'archives/partial']) {
      mkdirSync(join(state, part), { recursive: true });
    }
    writeFileSync(join(state, 'status'), '');
    writeFileSync(join(state, 'list'), `deb [trusted=yes] file:${bundle}/packages ./\n`);
    const options = {
      'Dir::Etc::SourceList': join(state, 'list'),
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::State': state,
      'Dir::State::status': join(state, 'status'),
      'Dir::Cache': state,
      'APT::Architecture': 'amd64',
      'APT::Sandbox::User': 'root',
    };
    const flags = Object.entries(options).flatMap(([name, text]) => ['-o', `${name}=${text}`]);
    const apt = (...words: string[]): string =>
      execFileSync('apt-get', [...flags, ...words], { encoding: 'utf8', stdio: 'pipe' });
    apt('update', '--error-on=any');
    const simulated = apt('--simulate', 'install', 'first');
    expect(simulated).toContain('Inst second (1.5');
    expect(simulated).toContain('Inst first (1:2.0-1');
  });

  test('that are needed no more go, so that they win over none', async () => {
    const site = await releaseSite(repository());
    await packagesFrom(site.url);
    await packagesFrom(site.url, ['second']);
    expect(readdirSync(join(bundle, 'packages')).toSorted()).toEqual([
      'Packages',
      'second_1.5_amd64.deb',
    ]);
    expect(said.join('\n')).toContain('removing packages/first_2.0-1_amd64.deb');
  });

  test('that are not there are told in the words of apt, and leave nothing half-done', async () => {
    const site = await releaseSite(repository());
    await expect(packagesFrom(site.url, ['third'])).rejects.toThrow(
      'Unable to locate package third',
    );
    expect(existsSync(join(bundle, '.apt'))).toBe(false);
  });
});

describe('images', () => {
  const images = (): string => join(folder, 'images');
  const archive = (name: string, text: string): void => {
    mkdirSync(images(), { recursive: true });
    writeFileSync(join(images(), name), text);
  };

  test('are taken from a folder, once, and anew where they changed', async () => {
    archive('pause.tar', 'pause');
    archive('notes.txt', 'no image');
    const [locked, ...others] = await bundleImages(images(), bundle, report);
    expect(others).toEqual([]);
    expect(locked).toEqual({
      path: 'images/pause.tar',
      sha256: sha256(Buffer.from('pause')),
      size: 5,
    });
    const before = statSync(join(bundle, 'images/pause.tar')).mtimeMs;
    await bundleImages(images(), bundle, report);
    expect(statSync(join(bundle, 'images/pause.tar')).mtimeMs).toBe(before);
    archive('pause.tar', 'another');
    await bundleImages(images(), bundle, report);
    expect(readFileSync(join(bundle, 'images/pause.tar'), 'utf8')).toBe('another');
  });

  test('a folder without any is refused, with how to make them', async () => {
    mkdirSync(images());
    await expect(bundleImages(images(), bundle, report)).rejects.toMatchObject({
      hint: expect.stringContaining('docker save'),
    });
  });
});

test('one lock file has programs, images and packages; what is not asked for again stays', async () => {
  const programs = serverArchiveOf(allPrograms);
  const path = '/v1.19.9/kubernetes-server-linux-amd64.tar.gz';
  const site = await releaseSite({
    ...repository(),
    [path]: programs,
    [`${path}.sha512`]: Buffer.from(`${sha512(programs)}\n`),
  });
  mkdirSync(join(folder, 'images'));
  writeFileSync(join(folder, 'images/pause.tar'), 'pause');
  const options = {
    version: '1.19.9',
    folder: bundle,
    architectures: ['amd64'],
    site: site.url,
    report,
  } as const;
  const lock = await makeBundle({
    ...options,
    images: join(folder, 'images'),
    packages: ['first'],
    sources: `deb [trusted=yes] ${site.url} ./\n`,
  });
  expect(lock.archives).toHaveLength(1);
  expect(lock.images.map((image) => image.path)).toEqual(['images/pause.tar']);
  expect(lock.packages).toHaveLength(2);
  await site.close();
  expect(await makeBundle(options)).toEqual(lock);
});

describe('the roles of a bundle', () => {
  const inventory = (source: string): string => `all:
  hosts: { one: { host: 10.0.0.1 } }
  vars: { kubernetesSource: ${source} }
  children: { kube_master: { hosts: { one: } }, kube_node: { hosts: { one: } } }
`;
  const lock = async (): Promise<void> => {
    await writeLock(bundle, {
      kubernetes: '1.20.2',
      archives: [],
      images: [{ path: 'images/pause.tar', sha256: 'a'.repeat(64), size: 1 }],
      packages: [
        { path: 'packages/a_1_all.deb', sha256: 'b'.repeat(64), size: 1, url: 'http://x/a.deb' },
      ],
    });
  };

  test('send packages and images to hosts, and do nothing without a bundle', async () => {
    await lock();
    const from = inventory(`{ kind: release, bundle: ${bundle} }`);
    const packages = await collected(bundledPackages, from);
    expect(packages.host('one').names).toEqual(['folder of packages', 'packages', 'source of apt']);
    const images = await collected(bundledImages, from);
    expect(images.host('one').names).toEqual(['image pause.tar']);
    const none = await collected(bundledPackages, inventory('{ kind: release }'));
    expect(none.host('one').names).toEqual([]);
  });

  test('a folder that is no bundle is refused before anything connects', async () => {
    const from = inventory(`{ kind: release, bundle: ${bundle} }`);
    expect(await refused(bundledPackages, from)).toContain('has no kubernetes.lock.json');
  });
});
