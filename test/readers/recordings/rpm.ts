/** Packages of Red Hat's family: a real rpm and a real dnf, on a host of Debian's. */
import { absent } from '../../../engine/module/reader.ts';
import { rpmKeys } from '../../../engine/readers/packages/rpm-keys.ts';
import { yumGroups, yumUpdates } from '../../../engine/readers/packages/yum-lists.ts';
import { rpmFile, yumUpdate } from '../../../engine/readers/packages/yum.ts';
import { denied, is, recording, type Recording } from './recording.ts';

const on = 'debian-12';
const packages = ['rpm', 'dnf', 'createrepo-c'];

const repository = `rm -rf /srv/rpms; mkdir -p /srv/rpms/repo /etc/yum.repos.d /etc/dnf/plugins; cd /srv/rpms
make() {
printf 'Name: %s\\nEpoch: %s\\nVersion: %s\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\nProvides: %s(feature)\\n%%description\\nx\\n%%files\\n' "$1" "$2" "$3" "$1" >demo.spec
rpmbuild --quiet -bb --define '_topdir /srv/rpms/build' demo.spec 2>/dev/null
}
make rpmdemo 0 1.0; make locked 2 1.0
rpm -e --nodeps rpmdemo locked 2>/dev/null || :
rpm -i --nodeps build/RPMS/noarch/*.rpm
make rpmdemo 0 1.5; make locked 2 1.1
cp build/RPMS/noarch/*.rpm repo; createrepo_c -q repo
printf 'no package' >nothing.rpm
printf '2:locked-1.0-1.*\\n' >/etc/dnf/plugins/versionlock.list
printf '[own]\\nname=own\\nbaseurl=file:///srv/rpms/repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/own.repo
export GNUPGHOME=/srv/rpms/gnupg; mkdir -m 700 gnupg
gpg --batch --quiet --passphrase '' --quick-generate-key 'own <own@example.org>' rsa2048 sign never 2>/dev/null
gpg --batch --armor --export >own.asc; rpm --import own.asc`;

/** A group and an environment that are marked as installed, and a group that is not. */
const groups = `cd /srv/rpms; cat >comps.xml <<E
<comps>
<group><id>tools</id><name>All (the) Tools</name><uservisible>false</uservisible><packagelist><packagereq>rpmdemo</packagereq></packagelist></group>
<group><id>games</id><name>Games</name><packagelist><packagereq>locked</packagereq></packagelist></group>
<environment><id>small</id><name>Small</name><grouplist><groupid>tools</groupid></grouplist></environment>
</comps>
E
createrepo_c -q -g /srv/rpms/comps.xml repo
dnf -q -y --repo=own --refresh group mark install tools small`;

export const rpm: readonly Recording[] = [
  recording({ on, version: 'dpkg-query -W dnf; rpm --version', packages, prepare: repository }, [
    [yumUpdate({ name: 'rpmdemo', options: ['--repo=own'] }), is('1.5-1')],
    [yumUpdate({ name: 'locked', options: ['--repo=own'] }), is('2:1.1-1')],
    [yumUpdate({ name: 'nope', options: ['--repo=own'] }), absent],
    [yumUpdate({ name: 'rpmdemo', options: ['--repo=none'] }), denied(/none/)],
  ]),
  recording({ on, version: 'dnf --version | head -n 1', packages }, [
    [
      yumUpdates({ options: ['--repo=own'] }),
      is({ 'locked.noarch': '2:1.1-1', 'rpmdemo.noarch': '1.5-1' }),
    ],
    [yumUpdates({ options: ['--repo=none'] }), denied(/none/)],
  ]),
  recording({ on, version: 'dnf --version | head -n 1', packages, prepare: groups }, [
    [yumGroups({ options: ['--repo=own'] }), is(['@^small', '@tools'])],
    [yumGroups({ options: ['--repo=none'] }), denied(/none/)],
  ]),
  recording({ on, version: 'rpm --version', packages }, [
    [
      rpmFile('/srv/rpms/repo/locked-1.1-1.noarch.rpm'),
      is({ name: 'locked', version: '2:1.1-1', arch: 'noarch' }),
    ],
    [
      rpmFile('/srv/rpms/repo/rpmdemo-1.5-1.noarch.rpm'),
      is({ name: 'rpmdemo', version: '1.5-1', arch: 'noarch' }),
    ],
    [rpmFile('/srv/rpms/nope.rpm'), absent],
    [rpmFile('/srv/rpms/nothing.rpm'), denied(/nothing\.rpm/)],
  ]),
  recording({ on, version: 'rpm --version', packages }, [[rpmKeys('all'), is([/^[0-9a-f]{8}$/])]]),
];
