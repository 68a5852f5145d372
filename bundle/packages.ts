/**
 * Debian's packages of a bundle, with all that they need: a folder that apt takes as a source. They
 * are found by this machine's apt, with state of its own; nothing is installed.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileContent, PlayError } from 'tsplay';
import type { LockedPackage } from '../kubernetes/release/lock.ts';
import type { Architecture } from '../kubernetes/versions/archives.ts';

/** What the roles install on Debian. */
export const debianPackages: readonly string[] = [
  'chrony',
  'conntrack',
  'containerd',
  'containernetworking-plugins',
  'etcd-client',
  'etcd-server',
  'haproxy',
  'iproute2',
  'iptables',
  'keepalived',
  'libnginx-mod-stream',
  'nginx',
];

export interface PackageOptions {
  readonly names: readonly string[];
  readonly architectures: readonly Architecture[];
  /** Text of a sources list in place of this machine's. */
  readonly sources?: string | undefined;
  readonly report: (line: string) => void;
}

/** @throws PlayError with what apt says */
export async function bundlePackages(
  bundle: string,
  options: PackageOptions,
): Promise<LockedPackage[]> {
  const folder = join(bundle, 'packages');
  const work = resolve(bundle, '.apt');
  try {
    const found: (LockedPackage & { readonly stanza: string })[] = [];
    for (const architecture of options.architectures) {
      found.push(...(await fetched(folder, join(work, architecture), architecture, options)));
    }
    const once = new Map(found.map((each) => [each.path, each]));
    const sorted = [...once.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    await writeFile(
      join(folder, 'Packages'),
      sorted.map(({ stanza }) => `${stanza.trimEnd()}\n\n`).join(''),
    );
    await removeOthers(folder, new Set(sorted.map(({ path }) => path)), options.report);
    return sorted.map(({ path, url, sha256, size }) => ({ path, url, sha256, size }));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetched(
  folder: string,
  work: string,
  architecture: Architecture,
  { names, sources, report }: PackageOptions,
) {
  const { runner } = await import('../lab/kubernetes/process.ts');
  const run = runner();
  for (const part of ['lists/partial', 'archives/partial']) {
    await mkdir(join(work, part), { recursive: true });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(work, 'status'), '');
  if (sources !== undefined) await writeFile(join(work, 'sources.list'), sources);
  await writeFile(join(work, 'apt.conf'), configuration(work, architecture, sources !== undefined));
  const env = { APT_CONFIG: join(work, 'apt.conf'), LC_ALL: 'C' };
  report(`asking apt what ${names.length} packages need on ${architecture}`);
  await run(['apt-get', 'update', '--error-on=any'], { env });
  const install = ['install', '--yes', '--no-install-recommends', ...names];
  const places = placesIn(await run(['apt-get', '--print-uris', ...install], { env }));
  report(`fetching ${places.size} packages for ${architecture}`);
  await run(['apt-get', '--download-only', ...install], { env });
  const archives = join(work, 'archives');
  const files = (await readdir(archives)).filter((name) => name.endsWith('.deb')).toSorted();
  const stanzas = stanzasIn(await run(['apt-cache', 'show', ...files.map(versioned)], { env }));
  return Promise.all(
    files.map(async (file) => {
      const url = places.get(file);
      const stanza = stanzas.get(versioned(file));
      if (url === undefined || stanza === undefined)
        throw new PlayError(`apt knows nothing about ${file}`);
      const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
      const { digest, size } = await fileContent(join(archives, file));
      if (!stanza.includes(`\nSHA256: ${digest}\n`)) {
        throw new PlayError(
          `${url} has the sha256 ${digest.slice(0, 16)}…, which its list does not`,
        );
      }
      await rename(join(archives, file), join(folder, name));
      const path = `packages/${name}`;
      return {
        path,
        url,
        sha256: digest,
        size,
        stanza: stanza.replace(/^Filename: .*$/m, `Filename: ./${name}`),
      };
    }),
  );
}

/** Nothing is taken for installed, so that it does not matter what a host has. */
function configuration(work: string, architecture: Architecture, own: boolean): string {
  return [
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    ...(own
      ? [`Dir::Etc::SourceList "${work}/sources.list";`, 'Dir::Etc::SourceParts "/dev/null";']
      : []),
    `Dir::State "${work}";`,
    `Dir::State::Lists "${work}/lists";`,
    `Dir::State::status "${work}/status";`,
    `Dir::Cache "${work}";`,
    `Dir::Cache::archives "${work}/archives";`,
    'APT::Sandbox::User "root";',
    '',
  ].join('\n');
}

/** Lines `'URL' FILE SIZE HASH`: urls by the names that apt gives the files. */
function placesIn(said: string): ReadonlyMap<string, string> {
  const lines = said.matchAll(/^'([^']+)' (\S+\.deb) \d+/gm);
  return new Map([...lines].map(([, url = '', file = '']) => [file, url]));
}

/** `NAME=VERSION` of `NAME_VERSION_ARCHITECTURE.deb`, where an epoch's colon is `%3a`. */
function versioned(file: string): string {
  const [name = '', version = ''] = file.replace(/\.deb$/, '').split('_');
  return `${name}=${decodeURIComponent(version)}`;
}

/** By the same words. */
function stanzasIn(said: string): ReadonlyMap<string, string> {
  const stanzas = said.split(/\n\n+/).filter((stanza) => stanza.includes('Package: '));
  const field = (stanza: string, name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
  return new Map(
    stanzas.map((stanza) => [
      `${field(stanza, 'Package')}=${field(stanza, 'Version')}`,
      `${stanza}\n`,
    ]),
  );
}

/** Packages of an earlier state would win by their version. */
async function removeOthers(
  folder: string,
  wanted: ReadonlySet<string>,
  report: (line: string) => void,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.deb') || wanted.has(`packages/${name}`)) continue;
    report(`removing packages/${name}, which is needed no more`);
    await rm(join(folder, name));
  }
}
