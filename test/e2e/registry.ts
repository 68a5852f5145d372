/**
 * A registry of npm for tests: the packages of this repository's own node_modules, and a package
 * that was packed before. So `npm install` is the real one, and needs no network.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param modules folder of installed packages
 * @param packed folder of a package, unpacked
 */
export async function startRegistry(modules: string, packed: string): Promise<Registry> {
  const archives = mkdtempSync(join(tmpdir(), 'tsplay-registry-'));
  const folders = [packed, ...installed(modules)];
  const known = new Map<string, { readonly folder: string; readonly manifest: Manifest }[]>();
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    known.set(manifest.name, [...(known.get(manifest.name) ?? []), { folder, manifest }]);
  }
  const archive = (name: string, version: string): Buffer | undefined => {
    const one = known.get(name)?.find(({ manifest }) => manifest.version === version);
    if (!one) return undefined;
    const path = join(
      archives,
      `${createHash('sha256').update(`${name}@${version}`).digest('hex')}.tgz`,
    );
    if (!existsSync(path)) pack(one.folder, path);
    return readFileSync(path);
  };

  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').slice(1));
    const [name = '', version] = path.split('/-/');
    if (version !== undefined) {
      const bytes = archive(name, version.replace(/\.tgz$/, ''));
      response.writeHead(bytes ? 200 : 404).end(bytes);
      return;
    }
    const found = known.get(name) ?? [];
    const newest = found[0]?.manifest.version;
    const versions = found.map(({ manifest }) => [
      manifest.version,
      { ...manifest, scripts: {}, dist: { tarball: `${url()}/${name}/-/${manifest.version}.tgz` } },
    ]);
    response.writeHead(found.length > 0 ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: newest },
        versions: Object.fromEntries(versions),
      }),
    );
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: url(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(archives, { recursive: true });
    },
  };
}

/** As a registry keeps it: everything below `package/`, without packages of its own. */
function pack(folder: string, path: string): void {
  const argv = [
    '-czf',
    path,
    '--exclude=./node_modules',
    '--transform=s,^\\.,package,',
    '-C',
    folder,
    '.',
  ];
  const { status, stderr } = spawnSync('tar', argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar: ${stderr}`);
}

/** Folders of all packages, those inside of packages too. */
function installed(modules: string): string[] {
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((part) => `${name}/${part}`)
        : [name],
    )
    .map((name) => join(modules, name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .flatMap((folder) => [folder, ...installed(join(folder, 'node_modules'))]);
}
