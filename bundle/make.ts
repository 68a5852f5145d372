/** Fetches everything that a version needs into a folder, with a lock file of what it is. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError } from 'tsplay';
import { exists } from '../kubernetes/release/cache.ts';
import { download, downloadText, sha512Of } from '../kubernetes/release/download.ts';
import {
  lockName,
  readBundle,
  writeLock,
  type BundleLock,
  type LockedArchive,
} from '../kubernetes/release/lock.ts';
import { unpacked } from '../kubernetes/release/release.ts';
import { serverArchive, type Architecture } from '../kubernetes/versions/archives.ts';
import { parseVersion, type KubernetesVersion } from '../kubernetes/versions/version.ts';
import { bundleImages } from './images.ts';
import { bundlePackages } from './packages.ts';

export interface BundleOptions {
  readonly version: string;
  readonly folder: string;
  readonly architectures: readonly Architecture[];
  readonly site?: string | undefined;
  /** Folder with archives of images, which come along. */
  readonly images?: string | undefined;
  /** Debian's packages that come along, with all that they need. */
  readonly packages?: readonly string[] | undefined;
  /** Sources of apt in place of this machine's. */
  readonly sources?: string | undefined;
  /** Told what is being done, a line at a time. */
  readonly report: (line: string) => void;
}

/**
 * Makes or completes a bundle. What is there with the right checksum is not fetched again.
 * @throws PlayError for what cannot be fetched or is not what the lock file says
 */
export async function makeBundle(options: BundleOptions): Promise<BundleLock> {
  const version = parseVersion(options.version);
  const { folder, report } = options;
  await mkdir(folder, { recursive: true });
  const earlier = (await exists(join(folder, lockName))) ? readBundle(folder).lock : undefined;
  const same = earlier?.kubernetes === version.text ? earlier : undefined;
  const kept = same?.archives ?? [];
  const archives: LockedArchive[] = [...kept];
  for (const architecture of options.architectures) {
    const known = kept.find((each) => each.architecture === architecture);
    const archive = await fetchArchive(options, version, architecture, known);
    const place = archives.findIndex((each) => each.architecture === architecture);
    if (place < 0) archives.push(archive);
    else archives[place] = archive;
  }
  const lock = {
    kubernetes: version.text,
    archives,
    images: options.images ? await bundleImages(options.images, folder, report) : same?.images,
    packages: options.packages
      ? await bundlePackages(folder, { ...options, names: options.packages })
      : same?.packages,
  };
  report(`wrote ${join(folder, lockName)}`);
  return writeLock(folder, lock);
}

async function fetchArchive(
  { folder, site, report }: BundleOptions,
  version: KubernetesVersion,
  architecture: Architecture,
  known: LockedArchive | undefined,
): Promise<LockedArchive> {
  const published = serverArchive(version, architecture, site);
  const url = site === undefined ? (known?.url ?? published.url) : published.url;
  const sha512 = known?.sha512 ?? published.sha512 ?? (await publishedSum(url, report));
  const path = `v${version.text}/kubernetes-server-linux-${architecture}.tar.gz`;
  const place = join(folder, path);
  if ((await exists(place)) && (await sha512Of(place)) === sha512) report(`${path} is there`);
  else {
    report(`fetching ${url}`);
    await download(url, place, sha512);
  }
  const { files } = await unpacked(place, sha512);
  return { architecture, url, sha512, path, programs: { ...files } };
}

/** The sum that the site itself says: from now on the lock file holds to it. */
async function publishedSum(url: string, report: (line: string) => void): Promise<string> {
  const text = await downloadText(`${url}.sha512`);
  const [sum = ''] = text.trim().split(/\s+/);
  if (!/^[0-9a-f]{128}$/.test(sum)) {
    throw new PlayError(`${url}.sha512 is no checksum`, { hint: 'check the URL of --site' });
  }
  report(
    `no checksum of this version is known: the lock file takes the one of ${new URL(url).host}`,
  );
  return sum;
}
