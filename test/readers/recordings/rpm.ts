/** Packages of Red Hat's family: a real rpm and a real dnf, on a host of Debian's. */
import { absent } from '../../../engine/module/reader.ts';
import { rpmKeys } from '../../../engine/readers/packages/rpm-keys.ts';
import { yumGroups, yumUpdates } from '../../../engine/readers/packages/yum-lists.ts';
import { rpmFile, yumUpdate } from '../../../engine/readers/packages/yum.ts';
import { yumSimulation } from '../../../engine/readers/packages/yum-simulation.ts';
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

/** A package that needs another one, one that replaces another; and the first one's files. */
const web = `cd /srv/rpms
head='Release: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n'
printf "Name: web\\nVersion: 1.0\\n\${head}Requires: library\\n%%description\\nx\\n%%install\\nmkdir -p %%{buildroot}/etc/web/conf.d %%{buildroot}/srv/web; echo port=80 >%%{buildroot}/etc/web/web.conf; echo >%%{buildroot}/srv/web/plain\\n%%files\\n%%dir /etc/web/conf.d\\n%%config(noreplace) /etc/web/web.conf\\n/srv/web/plain\\n" >web.spec
printf "Name: library\\nEpoch: 2\\nVersion: 1.1\\n\${head}%%description\\nx\\n%%files\\n" >library.spec
printf "Name: successor\\nVersion: 1.0\\n\${head}Obsoletes: rpmdemo\\n%%description\\nx\\n%%files\\n" >successor.spec
for s in web library successor; do rpmbuild --quiet -bb --define '_topdir /srv/rpms/build' $s.spec 2>/dev/null; done
rpm -e --nodeps web library 2>/dev/null || :
cp build/RPMS/noarch/*.rpm repo; createrepo_c -q repo
dnf -q --repo=own --refresh makecache 2>/dev/null`;

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
  recording({ on, version: 'dnf --version | head -n 1', packages, prepare: web }, [
    [
      yumSimulation({ options: ['--repo=own'], words: ['web'] }),
      is({ installs: { web: '1.0-1', library: '2:1.1-1' }, removes: [], problem: undefined }),
    ],
    [
      yumSimulation({ options: ['--repo=own'], words: ['successor'] }),
      is({ installs: { successor: '1.0-1' }, removes: ['rpmdemo'] }),
    ],
    [
      yumSimulation({ options: ['--repo=own'], words: ['nope'] }),
      is({ installs: {}, removes: [], problem: /No match for argument: nope/ }),
    ],
  ]),
];
