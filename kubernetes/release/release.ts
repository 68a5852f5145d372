/** Programs of an official release: its archive is fetched once, checked, and unpacked once. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError } from 'tsplay';
import { serverArchive, type Architecture } from '../versions/archives.ts';
import type { KubernetesVersion } from '../versions/version.ts';
import { cacheFolder, exists, once } from './cache.ts';
import { download, sha512Of } from './download.ts';
import { readBundle } from './lock.ts';
import { allPrograms } from './programs.ts';
import { untar } from './untar.ts';

export interface Release {
  readonly version: KubernetesVersion;
  readonly architecture: Architecture;
  /** A mirror of the site. */
  readonly site?: string | undefined;
  /** Checksum that wins over the table's. */
  readonly sha512?: string | undefined;
  /** Folder that `play bundle` made: then nothing is fetched. */
  readonly bundle?: string | undefined;
}

/** Where the programs are, and what they are. */
export interface Programs {
  readonly directory: string;
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly size: number }>>;
}

const folderInArchive = 'kubernetes/server/bin/';

/** @throws PlayError for what cannot be fetched, has another checksum, or is not in the bundle */
export async function releasePrograms(release: Release): Promise<Programs> {
  const { path, sha512 } = await archiveOf(release);
  return unpacked(path, sha512);
}

async function archiveOf(release: Release): Promise<{ path: string; sha512: string }> {
  const { version, architecture, bundle, site } = release;
  if (bundle !== undefined) return bundled(bundle, version, architecture);
  const archive = serverArchive(version, architecture, site);
  const sha512 = release.sha512 ?? archive.sha512;
  if (sha512 === undefined) {
    throw new PlayError(`no checksum is known for ${archive.url}`, {
      hint: `give it in kubernetesSource, or lock it: play bundle --kubernetes ${version.text} -o DIR`,
    });
  }
  const name = `kubernetes-server-${version.text}-${architecture}-${sha512.slice(0, 12)}.tar.gz`;
  const path = join(cacheFolder(), 'archives', name);
  if (!(await exists(path))) await download(archive.url, path, sha512);
  return { path, sha512 };
}

function bundled(bundle: string, version: KubernetesVersion, architecture: Architecture) {
  const { folder, lock } = readBundle(bundle);
  const archive = lock.archives.find((each) => each.architecture === architecture);
  if (lock.kubernetes !== version.text || !archive) {
    throw new PlayError(
      `the bundle ${bundle} has Kubernetes ${lock.kubernetes} for ${lock.archives.map((each) => each.architecture).join(', ')}, not ${version.text} for ${architecture}`,
      { hint: `play bundle --kubernetes ${version.text} --architecture ${architecture} -o DIR` },
    );
  }
  return { path: join(folder, archive.path), sha512: archive.sha512 };
}

/**
 * The programs of an archive, kept by its checksum.
 * @throws PlayError when the archive is missing or has another checksum
 */
export async function unpacked(archive: string, sha512: string): Promise<Programs> {
  const folder = join(cacheFolder(), 'programs', sha512.slice(0, 24));
  await once(folder, async (unfinished) => {
    if (!(await exists(archive))) throw new PlayError(`${archive} is not there`);
    const found = await sha512Of(archive);
    if (found !== sha512) {
      throw new PlayError(
        `${archive} has the sha512 ${found.slice(0, 16)}…, not ${sha512.slice(0, 16)}…`,
        {
          hint: 'it is damaged: fetch it again',
        },
      );
    }
    await unpack(archive, unfinished);
  });
  const directory = join(folder, 'bin');
  const text = await readFile(join(folder, 'programs.json'), 'utf8');
  return { directory, files: JSON.parse(text) as Programs['files'] };
}

async function unpack(archive: string, folder: string): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const known: readonly string[] = allPrograms;
  const found = await untar(archive, (member) => {
    const name = member.startsWith(folderInArchive) ? member.slice(folderInArchive.length) : '';
    return known.includes(name) ? join(bin, name) : undefined;
  });
  if (found.size === 0) {
    throw new PlayError(`${archive} holds none of the programs in ${folderInArchive}`);
  }
  const files = Object.fromEntries(
    [...found].map(([path, of]) => [path.slice(bin.length + 1), of]),
  );
  await writeFile(join(folder, 'programs.json'), `${JSON.stringify(files, null, 2)}\n`);
}
