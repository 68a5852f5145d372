import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aptConfiguration, mirrorOf, sourcesList } from '../../../lab/kubernetes/debian.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsplay-debian-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the private view of Debian', () => {
  it('keeps every folder that apt writes below its own, and reads no sources of the system', async () => {
    const path = join(folder, 'apt.conf');
    await writeFile(path, aptConfiguration(folder));
    const dump = execFileSync('apt-config', ['shell', ...shellNames.flat()], {
      env: { ...process.env, APT_CONFIG: path },
      encoding: 'utf8',
    });
    const value = (name: string) => new RegExp(`^${name}='(.*)'$`, 'm').exec(dump)?.[1];
    expect(value('LISTS')).toBe(`${folder}/lists/`);
    expect(value('ARCHIVES')).toBe(`${folder}/archives/`);
    expect(value('STATUS')).toBe(`${folder}/status`);
    expect(value('SOURCES')).toBe(`${folder}/sources.list`);
    expect(value('PARTS')).toBe('/dev/null');
  });

  it('lists each suite with the keyring that its packages must be signed by', () => {
    const text = sourcesList('http://mirror.example/debian', [
      { type: 'deb', suite: 'bullseye' },
      { type: 'deb-src', suite: 'bookworm' },
    ]);
    const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
    expect(text).toBe(
      `deb ${key} http://mirror.example/debian bullseye main\n` +
        `deb-src ${key} http://mirror.example/debian bookworm main\n`,
    );
  });
});

const shellNames = [
  ['LISTS', 'Dir::State::Lists/d'],
  ['ARCHIVES', 'Dir::Cache::archives/d'],
  ['STATUS', 'Dir::State::status/f'],
  ['SOURCES', 'Dir::Etc::SourceList/f'],
  ['PARTS', 'Dir::Etc::SourceParts/f'],
];

describe('the mirror', () => {
  it.each([
    ['deb http://mirror.example/debian bookworm main\n', 'http://mirror.example/debian'],
    [
      'deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main\n',
      'http://mirror.example/debian',
    ],
    [
      'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n',
      'http://mirror.example/debian',
    ],
    [
      'deb http://mirror.example/debian-security bookworm-security main\ndeb http://mirror.example/debian bookworm main\n',
      'http://mirror.example/debian',
    ],
    ['# deb http://mirror.example/debian bookworm main\n', undefined],
  ])('of %j is %j', (sources, expected) => {
    expect(mirrorOf(sources)).toBe(expected);
  });
});
