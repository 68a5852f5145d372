/** Accounts: `getent`, and the files themselves where there is none. */
import { absent } from '../../../engine/module/reader.ts';
import { groupNamed, passwordDigest, userNamed } from '../../../engine/readers/accounts/account.ts';
import { groupId, userId, usersOfGroup } from '../../../engine/readers/accounts/account-id.ts';
import { home } from '../../../engine/readers/accounts/home.ts';
import { is, recording, type Recording, type System } from './recording.ts';

const hash = '$6$salt$yIFnqgwvTGVEbQ3TRhqWmdKFf0L8Ey7MnQ2YQqEyhSRCb4ROMgIzMxDWkwbPQmPYSCQ2dL9rC1L';

const prepare = `for n in jo ghost; do ! id "$n" >/dev/null 2>&1 || userdel -rf "$n" 2>/dev/null || :; done
! getent group crew >/dev/null || groupdel crew
groupadd -g 3000 crew
useradd -u 3100 -m -g crew -G mail,audio -c 'Jo Doe,,,' -s /bin/bash -p '${hash}' jo
usermod -L jo
useradd -u 3200 -M -N -g 100 -d /nowhere ghost`;

const asRoot = (on: System, version: string): readonly Recording[] => [
  recording({ on, version, prepare }, [
    [
      userNamed('jo'),
      is({
        name: 'jo',
        uid: 3100,
        gid: 3000,
        group: 'crew',
        groups: ['audio', 'mail'],
        comment: 'Jo Doe,,,',
        home: '/home/jo',
        homeExists: true,
        shell: '/bin/bash',
        password: { readable: true, locked: true, digest: passwordDigest(hash) },
      }),
    ],
    [userNamed('ghost'), is({ group: 'users', home: '/nowhere', homeExists: false, groups: [] })],
    [userNamed('root'), is({ uid: 0, group: 'root', home: '/root', homeExists: true })],
    [userNamed('jo.'), absent],
    [userNamed('-nope'), absent],
    [groupNamed('crew'), is({ name: 'crew', gid: 3000, members: [] })],
    [groupNamed('audio'), is({ gid: 29, members: ['jo'] })],
    [groupNamed('nope'), absent],
  ]),
  recording({ on, version }, [
    [home({ user: 'jo' }), is({ path: '/home/jo', uid: 3100, gid: 3000 })],
    [home({ user: 'nobody' }), is({ path: '/nonexistent', uid: 65534, gid: 65534 })],
    [home({ user: 'nope' }), absent],
  ]),
  recording({ on, version, prepare }, [
    [userId('jo'), is({ name: 'jo', id: 3100 })],
    [userId(3100), is({ name: 'jo', id: 3100 })],
    [userId('jo.'), absent],
    [userId(3101), absent],
    [groupId('crew'), is({ name: 'crew', id: 3000 })],
    [groupId(3000), is({ name: 'crew', id: 3000 })],
    [groupId('nope'), absent],
  ]),
  recording({ on, version, prepare }, [
    [usersOfGroup({ group: 'crew' }), is(['jo'])],
    [usersOfGroup({ group: 'audio' }), is([])],
  ]),
];

export const accounts: readonly Recording[] = [
  ...asRoot('debian-12', 'getent --version'),
  ...asRoot('debian-12-busybox', 'busybox'),
  recording({ on: 'debian-12-nobody', version: 'getent --version' }, [
    [userNamed('jo'), is({ uid: 3100, password: { readable: false } })],
    [groupNamed('crew'), is({ gid: 3000 })],
  ]),
];
