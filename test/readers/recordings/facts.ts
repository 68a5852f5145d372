/** Facts are gathered beside the readers, by a script and a parser of the same kind. */
import { defineReader, value } from '../../../engine/module/reader.ts';
import { factsScript, parseFacts } from '../../../engine/module/read-facts.ts';
import { is, recording, type Recording } from './recording.ts';

const facts = defineReader({
  name: 'facts',
  script: () => factsScript,
  parse: ({ stdout }, keys: readonly 'facts'[]) => keys.map(() => value(parseFacts(stdout, 0))),
});

const debian = {
  hostname: 'record1',
  arch: 'x86_64',
  os: { id: 'debian', family: 'debian', version: '12', codename: 'bookworm' },
  systemd: true,
  machineId: /^[0-9a-f]{32}$/,
  bootId: /^[0-9a-f-]{36}$/,
  kernel: /^\d+\.\d+/,
};

export const gathered: readonly Recording[] = [
  recording({ on: 'debian-12', version: 'uname -sr; ip -V' }, [
    [
      facts('facts'),
      is({
        ...debian,
        packageManager: 'apt',
        user: { name: 'root', uid: 0, home: '/root' },
        defaultIpv4: { interface: 'host0', address: /^10\.99\.\d+\.11$/ },
        has: { systemctl: true, zypper: false },
      }),
    ],
  ]),
  recording({ on: 'debian-12-nobody', version: 'uname -sr; ip -V' }, [
    [facts('facts'), is({ ...debian, user: { name: 'nobody', uid: 65534 } })],
  ]),
  recording({ on: 'debian-12-busybox', version: 'uname -sr; busybox' }, [
    [
      facts('facts'),
      is({
        ...debian,
        defaultIpv4: { interface: 'host0', address: /^10\.99\.\d+\.11$/ },
        has: { systemctl: false, 'apt-get': false, stat: true },
      }),
    ],
  ]),
];
