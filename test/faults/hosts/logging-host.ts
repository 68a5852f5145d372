/** What makes a host write down all that it is told: journald, and sudo with a log of its own. */
import { execFileSync } from 'node:child_process';
import { insideOf } from './surroundings.ts';

/** Of a user that nobody else has. */
const uid = 4190;

/** A `/dev` whose `/dev/log` is this host's, empty folders that programs write in, and journald. */
const logs = `mkdir -p /srv/dev
mount --bind /dev /srv/dev
mount -t tmpfs -o mode=0755 tmpfs /dev
for each in null zero full random urandom tty ptmx fd stdin stdout stderr; do ln -s /srv/dev/$each /dev; done
mkdir /dev/pts /dev/shm
mount --bind /srv/dev/pts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/sshd /run/tsplay /run/systemd/journal
for each in /tmp /var/tmp /root; do mount -t tmpfs -o mode=1777 tmpfs $each; done
mount -t tmpfs tmpfs /var/log
/lib/systemd/systemd-journald &
ln -s /run/systemd/journal/dev-log /dev/log
until [ -S /run/systemd/journal/dev-log ]; do sleep 0.1; done`;

/** The user `odd` logs in, and becomes root with that password. */
export function loggingHost(becomePassword: string): string {
  const words = ['passwd', '-6', '-salt', 'sodium', '-stdin'];
  const password = execFileSync('openssl', words, { input: becomePassword, encoding: 'utf8' });
  return insideOf(
    {
      password: password.trim(),
      sudoers: ['Defaults logfile=/var/log/sudo.log', 'odd ALL=(ALL) ALL'],
      inside: logs,
    },
    uid,
  );
}

/** All that journald wrote on the host whose root folder can be seen there. */
export const journalOf = (root: string): string =>
  execFileSync('journalctl', ['-D', `${root}/run/log/journal`, '-a', '-o', 'export'], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
