/** Units, crontabs, and what one may wait for. */
import { absent } from '../../../engine/module/reader.ts';
import { condition, type Condition } from '../../../engine/readers/commands/condition.ts';
import { crontab } from '../../../engine/readers/services/crontab.ts';
import { http } from '../../../engine/readers/network/http.ts';
import { hostQuery, query } from '../../../engine/readers/commands/query.ts';
import { unit } from '../../../engine/readers/services/unit.ts';
import { denied, is, recording, type Recording, type System } from './recording.ts';

const units = `cd /etc/systemd/system
write() { printf '[Unit]\\nDescription=%s\\n[Service]\\n%s\\n[Install]\\nWantedBy=multi-user.target\\n' "$1" "$2" >"$1.service"; }
write crash 'ExecStart=/bin/false
Restart=always
RestartSec=1h'
write enabled-runtime 'ExecStart=/bin/sleep infinity'
write failing 'ExecStart=/bin/sh -c "exit 3"'
write once 'Type=oneshot
ExecStart=/bin/true'
write held 'Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true'
write stale 'ExecStart=/bin/sleep infinity'
write broken 'Type=simple'
printf '[Unit]\\nDescription=x\\n[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' >once.timer
ln -sf /dev/null masked.service
cat >/etc/init.d/oldie <<'END'
#!/bin/sh
### BEGIN INIT INFO
# Provides: oldie
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
exit 0
END
chmod 755 /etc/init.d/oldie
update-rc.d oldie defaults >/dev/null
systemctl daemon-reload
systemctl --quiet enable --runtime enabled-runtime
systemctl --quiet enable --now once.timer
systemctl start crash failing held stale || :
sleep 1
mkdir -p stale.service.d; printf '[Service]\\nNice=5\\n' >stale.service.d/nice.conf`;

const tables = `id jo >/dev/null 2>&1 || useradd -m jo
printf '# m h\\n*/5 * * * * true\\n' | crontab -u jo -`;

const get = {
  method: 'GET',
  headers: [],
  timeout: 5,
} as const;
const url = 'http://127.0.0.1:8099/hello.txt';
const web = `mkdir -p /srv/www; printf 'hello\\n' >/srv/www/hello.txt; printf '\\377' >/srv/www/bytes
if ! systemctl is-active --quiet web; then systemctl reset-failed web 2>/dev/null || :
systemd-run --quiet --unit web busybox httpd -f -p 127.0.0.1:8099 -h /srv/www; sleep 1; fi`;

const waited = (of: Condition, holds: boolean, saw: string | RegExp) =>
  [condition(of), is({ holds, saw })] as const;

const asRoot = (on: System, version: string): readonly Recording[] => [
  recording({ on, version, prepare: web, packages: ['busybox'] }, [
    [
      http({ request: { ...get, url } }),
      is({ status: 200, body: 'hello\n', binary: false, size: 6 }),
    ],
    [
      http({ request: { ...get, url: 'http://127.0.0.1:8099/bytes' } }),
      is({ binary: true, size: 1 }),
    ],
    [http({ request: { ...get, url: 'http://127.0.0.1:8099/nope' } }), is({ status: 404 })],
    [
      http({ request: { ...get, url: 'http://127.0.0.1:1/' } }),
      is({ status: 0, said: /refused|Couldn't connect/ }),
    ],
  ]),
  recording({ on, version, prepare: web, packages: ['busybox'] }, [
    waited({ kind: 'port', port: 8099, host: '127.0.0.1' }, true, 'it listens'),
    waited(
      { kind: 'port', port: 8099, host: '::1' },
      false,
      /^nothing listens there; .* 22 .*8099/,
    ),
    waited(
      { kind: 'path', path: '/srv/www/hello.txt', contains: '^hel+o$' },
      true,
      'a line matches',
    ),
    waited(
      { kind: 'path', path: '/srv/www/hello.txt', contains: 'bye' },
      false,
      'no line matches; it ends with: hello',
    ),
    waited({ kind: 'path', path: '/srv/www/nope' }, false, 'it is not there'),
    waited({ kind: 'process', name: 'sshd' }, true, /^it runs as process \d+$/),
    waited({ kind: 'process', name: 'systemd-journald' }, true, /^it runs as process \d+$/),
    waited({ kind: 'process', name: 'nope' }, false, 'no process has that name'),
    waited(
      { kind: 'http', request: { ...get, url }, status: [200], body: 'hello' },
      true,
      /matches/,
    ),
    waited({ kind: 'http', request: { ...get, url }, status: [204] }, false, 'status 200: hello'),
    waited(
      { kind: 'http', request: { ...get, url: 'http://127.0.0.1:1/' }, status: [200] },
      false,
      /refused|Couldn't connect/,
    ),
  ]),
  recording({ on, version }, [
    [
      query({ argv: ['printf', 'a\n%s', 'b'] }),
      is({ code: 0, stdout: 'a\nb', stderr: '', binary: false }),
    ],
    [
      query({ argv: ['sh', '-c', 'echo no >&2; exit 3'] }),
      is({ code: 3, stdout: '', stderr: 'no\n' }),
    ],
    [query({ argv: ['printf', '\\377'] }), is({ code: 0, binary: true })],
    [query({ argv: ['pwd'], directory: '/srv' }), is({ stdout: '/srv\n' })],
    [query({ argv: ['no-such-program'] }), is({ code: 127, stderr: /not found/ })],
  ]),
];

export const services: readonly Recording[] = [
  recording({ on: 'debian-12', version: 'systemctl --version', prepare: units }, [
    [
      unit('ssh'),
      is({
        id: 'ssh.service',
        loadState: 'loaded',
        activeState: 'active',
        subState: 'running',
        unitFileState: 'enabled',
        canReload: true,
        invocationId: /^[0-9a-f]{32}$/,
        type: 'notify',
      }),
    ],
    [unit('sshd'), is({ id: 'ssh.service', activeState: 'active' })],
    [unit('nope'), absent],
    [unit('getty@tty9'), is({ activeState: 'inactive', unitFileState: /^(en|dis)abled$/ })],
    [unit('multi-user.target'), is({ activeState: 'active', unitFileState: 'static', type: '' })],
    [unit('masked'), is({ loadState: 'masked', unitFileState: 'masked' })],
    [unit('enabled-runtime'), is({ unitFileState: 'enabled-runtime', activeState: 'inactive' })],
    [
      unit('crash'),
      is({ activeState: 'activating', subState: 'auto-restart', result: 'exit-code' }),
    ],
    [
      unit('failing'),
      is({ activeState: 'failed', result: 'exit-code', unitFileState: 'disabled' }),
    ],
    [unit('oldie'), is({ unitFileState: 'generated', sysvEnabled: true })],
    [unit('tmp.mount'), is({ activeState: 'active', unitFileState: '', type: '' })],
    [
      unit('once'),
      is({
        type: 'oneshot',
        remainAfterExit: false,
        activeState: 'inactive',
        triggeredBy: ['once.timer'],
      }),
    ],
    [unit('once.timer'), is({ activeState: 'active', subState: 'waiting' })],
    [unit('held'), is({ remainAfterExit: true, activeState: 'active', subState: 'exited' })],
    [unit('stale'), is({ needDaemonReload: true, activeState: 'active', subState: 'running' })],
    [unit('broken'), is({ loadState: 'bad-setting' })],
  ]),
  recording({ on: 'debian-12-nobody', version: 'systemctl --version' }, [
    [unit('ssh'), is({ activeState: 'active' })],
    [
      unit('ssh', 'user'),
      denied(/enable-linger.*\(Failed to connect to bus: No such file or directory\)/),
    ],
  ]),
  recording({ on: 'debian-12', version: 'dpkg-query -W cron', prepare: tables }, [
    [crontab({ user: 'jo' }), is(Buffer.from('# m h\n*/5 * * * * true\n'))],
    [crontab({ user: 'root' }), absent],
    [crontab({ user: 'nope' }), absent],
  ]),
  recording({ on: 'debian-12-nobody', version: 'dpkg-query -W cron' }, [
    [crontab({ user: 'jo' }), denied('must be privileged to use -u')],
    [crontab({ user: 'nobody' }), absent],
  ]),
  ...asRoot('debian-12', 'curl --version'),
  ...asRoot('debian-12-busybox', 'busybox'),
  recording({ on: 'debian-12', version: 'uname -sr' }, [
    [hostQuery({ argv: ['true'] }), is({ code: 0, stdout: '' })],
  ]),
];
