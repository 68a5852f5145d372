/** What plays of every module need around them: local files, a web server, package repositories. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../../lab/index.ts';
import { onHost } from '../lab.ts';

export interface Surroundings {
  /** Where the command runs: `files/`, `templates/`, `fetched/`. */
  readonly folder: string;
  /** Variables of the playbook. */
  readonly variables: Readonly<Record<string, string>>;
  /** Paths that the web server was asked for. */
  readonly asked: readonly string[];
  remove(): Promise<void>;
}

export async function surroundingsFor(lab: Lab): Promise<Surroundings> {
  const folder = mkdtempSync(join(tmpdir(), 'every-module-'));
  const inside = (...parts: string[]): string => join(folder, ...parts);
  const run = (program: string, ...argv: string[]): string =>
    execFileSync(program, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  for (const each of [
    'files/pages/css',
    'files/big',
    'templates',
    'app-1/bin',
    'fetched',
    'cache',
  ]) {
    mkdirSync(inside(each), { recursive: true });
  }
  writeFileSync(inside('templates/page.hbs'), '{{#each words}}{{this}}\n{{/each}}');
  writeFileSync(inside('files/pages/index.html'), '<p>\n');
  writeFileSync(inside('files/pages/css/a.css'), 'p {}\n');
  writeFileSync(inside('files/make.sh'), '#!/bin/sh\n: >"$1"\n');
  writeFileSync(inside('app-1/bin/app'), '#!/bin/sh\necho app\n');
  chmodSync(inside('app-1/bin/app'), 0o755);
  const big = randomBytes(300_000);
  writeFileSync(inside('files/big/noise'), big);
  writeFileSync(inside('files/big/zeros'), Buffer.alloc(300_000));
  run('tar', '-czf', 'files/big.tgz', '-C', 'files/big', '.');
  run('tar', '-czf', 'files/zeros.tgz', '-C', 'files/big', 'zeros');
  run('tar', '-czf', 'files/pages.tgz', '-C', 'files/pages', 'index.html');
  run('tar', '-cf', 'app.tar', 'app-1');
  run('tar', '-czf', 'files/app.tgz', 'app-1');
  const ca = ['-keyout', 'files/ca.key', '-out', 'files/ca.crt', '-subj', '/CN=test'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  run('openssl', 'req', '-x509', ...curve, '-days', '30', ...ca);
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'jo', '-f', 'key');
  const app = readFileSync(inside('app.tar'));
  const asked: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    asked.push(url);
    if (url === '/hello') return void response.end('hello\n');
    if (url === '/app.tar') return void response.end(app);
    if (url === '/big') return void response.end(big);
    return void response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, `${lab.subnet}.1`, resolve));
  const { port } = server.address() as AddressInfo;
  const key = readFileSync(inside('key.pub'), 'utf8').trim();
  return {
    folder,
    asked,
    variables: {
      first: lab.hosts[0]?.address ?? '',
      web: `http://${lab.subnet}.1:${port}`,
      appDigest: digestOf(app),
      bigDigest: digestOf(big),
      publicKey: key,
      hostKey: key.split(' ').slice(0, 2).join(' '),
      fetched: inside('fetched'),
    },
    async remove() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Repositories on every Debian host, signed with a key of the first one, and that key in `files/`. */
export async function repositoriesOn(lab: Lab, { folder }: Surroundings): Promise<void> {
  await Promise.all(lab.hosts.map(({ name }) => onHost(lab, name, repositories)));
  const keys = await onHost(lab, lab.hosts[0]?.name ?? '', 'cat /srv/repo.asc /srv/repo.key');
  const [armored = '', secretKey = ''] = keys.split(/(?<=-----END PGP PUBLIC KEY BLOCK-----\n)/);
  writeFileSync(join(folder, 'files/repo.asc'), armored);
  for (const { name } of lab.hosts.slice(1)) await onHost(lab, name, signWith(secretKey));
}

/** A signed repository of one .deb with a service, and what makes one of an .rpm once rpm is there. */
const repositories = `set -e
mkdir -p /srv/repo /srv/deb/DEBIAN /srv/deb/opt /srv/deb/lib/systemd/system /srv/rpm
cd /srv
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >deb/lib/systemd/system/tsplay-demo.service
printf 'Package: tsplay-demo\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDescription: x\\n' >deb/DEBIAN/control
echo demo >deb/opt/tsplay-demo
dpkg-deb --root-owner-group -Zgzip --build deb repo/tsplay-demo_1.0_all.deb >/dev/null
cd repo
{ dpkg-deb -f tsplay-demo_1.0_all.deb
printf 'Filename: ./tsplay-demo_1.0_all.deb\\nSize: %s\\nSHA256: %s\\n\\n' "$(stat -c %s *.deb)" "$(sha256sum *.deb | cut -d' ' -f1)"; } >Packages
{ printf 'Origin: own\\nSuite: own\\nDate: %s\\nSHA256:\\n' "$(date -Ru)"
printf ' %s %s Packages\\n' "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)"; } >Release
export GNUPGHOME=/srv/gnupg; mkdir -m 700 $GNUPGHOME
gpg --batch --quiet --passphrase '' --quick-generate-key 'own <own@example.org>' rsa2048 sign never 2>/dev/null
gpg --batch --armor --export >/srv/repo.asc
gpg --batch --armor --export-secret-keys >/srv/repo.key
gpg --batch --yes --clearsign -o InRelease Release
cat >/srv/rpm/make <<'END'
set -e
cd /srv/rpm
command -v createrepo_c >/dev/null || apt-get install -yq --no-install-recommends createrepo-c
printf 'Name: rpmdemo\\nVersion: 1.0\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n%%description\\nx\\n%%install\\nmkdir -p %%{buildroot}/opt; echo rpm >%%{buildroot}/opt/rpmdemo\\n%%files\\n/opt/rpmdemo\\n' >demo.spec
rpmbuild -bb --define '_topdir /srv/rpm/build' demo.spec
mkdir -p repo
cp build/RPMS/noarch/*.rpm repo
createrepo_c -q repo
END
`;

const signWith = (key: string): string => `set -e
export GNUPGHOME=/srv/gnupg2; mkdir -m 700 $GNUPGHOME
gpg --batch --quiet --import 2>/dev/null <<'END'
${key}
END
cd /srv/repo
gpg --batch --yes --clearsign -o InRelease Release
`;
