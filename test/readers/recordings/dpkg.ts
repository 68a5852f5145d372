/** Debian's packages: what is installed, what is on offer, and what apt would do. */
import { absent } from '../../../engine/module/reader.ts';
import {
  aptLists,
  aptOffer,
  aptSimulation,
  debFile,
  dpkgBroken,
} from '../../../engine/readers/packages/apt.ts';
import { broughtFiles } from '../../../engine/readers/packages/brought-files.ts';
import { packageDatabase, packageNamed } from '../../../engine/readers/packages/package.ts';
import { denied, is, recording, type Recording } from './recording.ts';

const on = 'debian-12';
const apt = 'apt-get --version';
const dpkg = 'dpkg-query --version';

/** A repository of packages made for this, so that versions are known. */
const repository = `rm -rf /srv/debs; mkdir -p /srv/debs; cd /srv/debs
make() {
rm -rf tree; mkdir -p tree/DEBIAN
printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: x <x@example.org>\\nDescription: x\\n%s' "$1" "$2" "$3" >tree/DEBIAN/control
[ "$#" -lt 4 ] || { mkdir -p tree/etc; : >"tree/etc/$1"; echo "/etc/$1" >tree/DEBIAN/conffiles; }
dpkg-deb --root-owner-group -Zgzip --build tree "$1_$2.deb" >/dev/null
}
make demo 1.0 ''; make demo 2.0-1 ''; make rival 1.0 'Conflicts: demo
'; make pinned 1:3.0 'Provides: nailed (= 3), fixed
'; make gone 1.0 '' conf; make broken 1.0 ''
printf '#!/bin/sh\\nexit 1\\n' >tree/DEBIAN/postinst; chmod 755 tree/DEBIAN/postinst
dpkg-deb --root-owner-group -Zgzip --build tree broken_1.0.deb >/dev/null
printf 'no package' >nothing.deb
for f in [dprg]*_*.deb; do dpkg-deb -f "$f"; printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$f" "$(stat -c %s "$f")" "$(sha256sum "$f" | cut -d' ' -f1)"; done >Packages
echo 'deb [trusted=yes] file:/srv/debs ./' >/etc/apt/sources.list.d/own.list
apt-get -qq update
apt-get -qq install -y --allow-downgrades --allow-change-held-packages demo=1.0 pinned gone >/dev/null
apt-mark -qq hold pinned
apt-get -qq remove -y gone >/dev/null`;

/** Of the repository that the recordings of rpm make. */
const web =
  'rpm -q web >/dev/null || rpm -i --nodeps /srv/rpms/repo/web-1.0-1.noarch.rpm 2>/dev/null';

const simulated = (...argv: readonly string[]) => aptSimulation({ argv });

export const dpkgRecordings: readonly Recording[] = [
  recording({ on, version: apt, prepare: repository }, [
    [aptOffer('demo'), is({ candidate: '2.0-1', versions: ['2.0-1', '1.0'] })],
    [aptOffer('pinned'), is({ candidate: '1:3.0', versions: ['1:3.0'] })],
    [aptOffer('nailed'), is({ candidate: '', versions: [] })],
    [aptOffer('no-such-package'), absent],
  ]),
  recording({ on, version: apt }, [
    [simulated('install', 'demo=2.0-1'), is({ installs: { demo: '2.0-1' }, removes: [] })],
    [simulated('install', 'rival'), is({ installs: { rival: '1.0' }, removes: ['demo'] })],
    [simulated('install', 'demo=1.0'), is({ installs: {}, removes: [], problem: undefined })],
    [simulated('purge', 'gone'), is({ installs: {}, removes: ['gone'] })],
    [
      simulated('install', 'no-such-package'),
      is({ problem: 'Unable to locate package no-such-package' }),
    ],
    [simulated('install', 'demo=9'), is({ problem: "Version '9' for 'demo' was not found" })],
  ]),
  recording({ on, version: apt }, [[aptLists('lists'), is({ present: true })]]),
  recording({ on, version: dpkg }, [
    [debFile('/srv/debs/pinned_1:3.0.deb'), is({ name: 'pinned', version: '1:3.0', arch: 'all' })],
    [debFile('/srv/debs/nope.deb'), absent],
    [debFile('/srv/debs/nothing.deb'), denied(/^\/srv\/debs\/nothing\.deb: dpkg-deb: error: /)],
  ]),
  recording(
    { on, version: dpkg, prepare: 'dpkg -i /srv/debs/broken_1.0.deb >/dev/null 2>&1 || :' },
    [
      [
        packageNamed('demo'),
        is({
          name: 'demo',
          version: '1.0',
          arch: 'all',
          status: 'installed',
          held: false,
          database: 'dpkg',
        }),
      ],
      [packageNamed('pinned'), is({ version: '1:3.0', status: 'installed', held: true })],
      [packageNamed('nailed'), is({ name: 'pinned' })],
      [packageNamed('gone'), is({ status: 'removed' })],
      [packageNamed('broken'), is({ status: 'broken' })],
      [packageNamed('libc6:amd64'), is({ name: 'libc6', arch: 'amd64', version: /^2\.36-/ })],
      [packageNamed('awk'), is({ name: 'mawk', status: 'installed' })],
      [packageNamed('dash', 'dpkg'), is({ name: 'dash' })],
      [packageNamed('nope'), absent],
      // of the rpm database beside it
      [packageNamed('rpmdemo', 'rpm'), is({ name: 'rpmdemo', version: '1.0-1', database: 'rpm' })],
      [packageNamed('rpmdemo(feature)', 'rpm'), is({ name: 'rpmdemo' })],
      [packageNamed('locked', 'rpm'), is({ version: '2:1.0-1', held: true })],
      [packageNamed('nope', 'rpm'), absent],
    ],
  ),
  recording({ on, version: dpkg }, [[dpkgBroken('dpkg'), is(['broken'])]]),
  recording({ on, version: dpkg }, [[packageDatabase('host'), is('dpkg')]]),
  recording({ on, version: `${dpkg}; rpm --version`, packages: ['rpm'], prepare: web }, [
    [
      broughtFiles({ began: '4000000000', packages: ['base-files'] }),
      is({
        roots: { '/bin': '/usr/bin' },
        files: new Map(),
        configured: { '/etc/debian_version': 'da9f3e5a56d6162ea9d5feed57fbf349' },
      }),
    ],
    [
      broughtFiles({ began: '4000000000', packages: ['web-1.0-1.noarch'], database: 'rpm' }),
      is({
        files: new Map(),
        owned: { 'web-1.0-1.noarch': ['/etc/web/conf.d', '/etc/web/web.conf', '/srv/web/plain'] },
        configured: {
          '/etc/web/web.conf': '8ac56ba2b165fcd437ca405ef420a36ccbda0f41ce603a07db42752ff00335a2',
        },
      }),
    ],
  ]),
];
