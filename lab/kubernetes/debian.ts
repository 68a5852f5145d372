import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError } from 'tsplay';
import type { Run } from './process.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** A kind of entry in a sources list: binary packages or source packages of one suite. */
export interface Suite {
  readonly type: 'deb' | 'deb-src';
  readonly suite: string;
}

/** Debian's archive seen through a sources list and a state folder of its own. */
export interface Debian {
  /** Downloads binary packages and unpacks them all into one folder. */
  unpack(packages: readonly string[], into: string): Promise<void>;
  /** Downloads a source package and unpacks it, patches applied. Answers its version. */
  unpackSource(name: string, into: string): Promise<string>;
}

/** The mirror: `$TSPLAY_DEBIAN_MIRROR`, else the one that the system's own apt uses. */
async function mirror(): Promise<string> {
  const given = process.env['TSPLAY_DEBIAN_MIRROR'];
  if (given) return given;
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = [...parts.map((part) => `sources.list.d/${part}`), 'sources.list'];
  for (const file of files) {
    const found = mirrorOf(await readFile(join('/etc/apt', file), 'utf8').catch(() => ''));
    if (found !== undefined) return found;
  }
  throw new PlayError('apt has no mirror of Debian', { hint: 'set TSPLAY_DEBIAN_MIRROR' });
}

/** The first mirror of a sources file, in either format, that is not for security updates only. */
export function mirrorOf(sources: string): string | undefined {
  const line = /^(?:URIs:|deb(?:-src)?(?:\s+\[[^\]]*\])?)\s+(\S+)/gm;
  const found = [...sources.matchAll(line)].flatMap(([, uri]) => (uri === undefined ? [] : [uri]));
  return found.find((uri) => !uri.includes('security'));
}

/** The text of a sources list for some suites, every entry checked with Debian's keyring. */
export function sourcesList(from: string, suites: readonly Suite[]): string {
  return suites
    .map(({ type, suite }) => `${type} [signed-by=${keyring}] ${from} ${suite} main\n`)
    .join('');
}

/** The apt configuration that keeps lists, archives and status below one folder. */
export function aptConfiguration(folder: string): string {
  return [
    `Dir::Etc::SourceList "${folder}/sources.list";`,
    'Dir::Etc::SourceParts "/dev/null";',
    `Dir::State "${folder}";`,
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}";`,
    `Dir::Cache::archives "${folder}/archives";`,
    // The package lists of a suite that is not updated any more have expired.
    'Acquire::Check-Valid-Until "false";',
    // The sandbox user cannot enter a cache that only root may read.
    'APT::Sandbox::User "root";',
    '',
  ].join('\n');
}

/**
 * Opens Debian's archive for some suites. The system's own sources and package lists are neither
 * read nor written; its proxy settings (apt.conf.d) still hold.
 * @param folder an absolute path, made when missing
 */
export async function openDebian(
  folder: string,
  suites: readonly Suite[],
  run: Run,
): Promise<Debian> {
  for (const part of ['lists/partial', 'archives/partial']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), sourcesList(await mirror(), suites));
  await writeFile(join(folder, 'apt.conf'), aptConfiguration(folder));
  const env = { APT_CONFIG: join(folder, 'apt.conf') };
  await run(['apt-get', 'update', '--error-on=any'], { env });

  const download = async (kind: 'download' | 'source', names: readonly string[], into: string) => {
    const to = `${into}.archives`;
    await mkdir(to, { recursive: true });
    const only = kind === 'source' ? ['--download-only'] : [];
    await run(['apt-get', kind, ...only, ...names], { env, cwd: to });
    return to;
  };

  return {
    async unpack(packages, into) {
      const archives = await download('download', packages, into);
      await mkdir(into, { recursive: true });
      for (const name of packages) {
        const file = (await readdir(archives)).find((entry) => entry.startsWith(`${name}_`));
        if (file === undefined) throw new PlayError(`apt did not download ${name}`);
        await run(['dpkg-deb', '--extract', join(archives, file), into]);
      }
    },
    async unpackSource(name, into) {
      const archives = await download('source', [name], into);
      const description = (await readdir(archives)).find((entry) => entry.endsWith('.dsc'));
      if (description === undefined) throw new PlayError(`apt did not download source ${name}`);
      await run(['dpkg-source', '--extract', join(archives, description), into]);
      return description.slice(name.length + 1, -'.dsc'.length);
    },
  };
}
