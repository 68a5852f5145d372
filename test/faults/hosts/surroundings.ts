/** Hosts that are set up in odd ways: what makes each of them, and what has to become of a run. */

export interface Surrounding {
  /** Login shell. */
  readonly shell?: string;
  /** As crypt(3) has it; without one nobody logs in by password, and sudo takes none. */
  readonly password?: string;
  /** Files in the home of the user that logs in. */
  readonly home?: Readonly<Record<string, string>>;
  /** Lines of sshd_config. */
  readonly sshd?: readonly string[];
  /** Lines of sudoers; with them the play becomes root. */
  readonly sudoers?: readonly string[];
  /** Shell lines that change the machine. */
  readonly inside?: string;
  /** The exit code and what must be said with it; done and done again where it is missing. */
  readonly refused?: readonly [code: number, says: RegExp];
}

const bash = (text: string): Surrounding => ({ shell: '/bin/bash', home: { '.bashrc': text } });
const becomes = ['odd ALL=(ALL) NOPASSWD: ALL'];
const noisy = 'echo noise; echo more >&2; printf half';

/** `.config/fish/config.fish` and the like are read for commands too. */
export const surroundings: Readonly<Record<string, Surrounding>> = {
  'noise, `set -e` and aliases in .bashrc': bash(
    `${noisy}; set -e; alias printf=false cd=false; shopt -s expand_aliases\n`,
  ),
  '100 kB from ~/.ssh/rc': { home: { '.ssh/rc': 'head -c 100000 /dev/zero | tr "\\0" x\n' } },
  'files in ENV and BASH_ENV': {
    home: { env: `${noisy}; PATH=/nowhere\n` },
    sshd: ['SetEnv ENV=/home/odd/env BASH_ENV=/home/odd/env'],
  },
  'a bash as /bin/sh that traces, and functions in place of its builtins': {
    shell: '/bin/bash',
    inside: 'mount --bind /bin/bash /bin/sh',
    home: {
      '.bashrc': `for each in printf read cd cat stat mv rm kill test [ head wc; do
eval "$each() { echo hijacked; return 3; }; export -f $each"
done
export SHELLOPTS PS4='+ hijacked '
set -fuCx
`,
    },
  },
  zsh: { shell: '/usr/bin/zsh', home: { '.zshenv': noisy } },
  fish: { shell: '/usr/bin/fish', home: { '.config/fish/config.fish': noisy } },
  tcsh: { shell: '/usr/bin/tcsh', home: { '.tcshrc': 'echo noise\n' } },
  'a forced command with noise': {
    sshd: [`ForceCommand ${noisy}; eval "$SSH_ORIGINAL_COMMAND"`],
  },
  'no forwarding of TCP': { sshd: ['AllowTcpForwarding no', 'DisableForwarding yes'] },
  'umask 000': bash('umask 000\n'),
  'ulimit -n 32': bash('ulimit -n 32\n'),
  'ulimit -u 6': { ...bash('ulimit -u 6\n'), refused: [2, /cannot fork|resource/i] },
  'latin1, and a TMPDIR that is not there': {
    sshd: ['SetEnv LANG=de_DE.ISO-8859-1 LC_ALL=de_DE.ISO-8859-1 TMPDIR=/nowhere'],
  },
  'PATH=/nowhere': bash('PATH=/nowhere; export PATH\n'),
  'noexec on /tmp and /dev/shm': {
    inside: 'mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp; mount -o remount,noexec /dev/shm',
  },
  'a full target': {
    inside: 'mount -t tmpfs -o size=4k,mode=0777 tmpfs /srv; printf %4096s x >/srv/filler',
    refused: [2, /the disk is full/],
  },
  'a read-only target': {
    inside: 'mount -t tmpfs -o ro,mode=0777 tmpfs /srv',
    refused: [2, /read-only file system/],
  },
  'a full /dev/shm': {
    inside: 'mount -o remount,size=8k /dev/shm; head -c 8192 /dev/zero >/dev/shm/filler',
  },
  'full /dev/shm and /tmp': {
    inside:
      'mount -t tmpfs -o size=4k,mode=1777 tmpfs /tmp; mount -o remount,size=4k /dev/shm; for each in /tmp /dev/shm; do head -c 4096 /dev/zero >$each/filler; done',
    refused: [2, /no place for a lock[^]*neither\s+\/dev\/shm\s+nor\s+\/tmp/],
  },
  requiretty: {
    sudoers: ['Defaults requiretty', ...becomes],
    refused: [2, /requiretty/],
  },
  'use_pty and log_output': {
    sudoers: ['Defaults use_pty, log_output, iolog_dir=/home/odd/log, !requiretty', ...becomes],
  },
  'no /tmp and a read-only /dev/shm': {
    inside:
      'mount -t tmpfs -o ro tmpfs /dev/shm; mount -t tmpfs -o mode=0700 tmpfs /tmp; unset XDG_RUNTIME_DIR',
    refused: [2, /\/dev\/shm|\/tmp/],
  },
  '`exit` in .bashrc': { ...bash('exit\n'), refused: [4, /gave no shell/] },
  '`exit` in .bashrc, with become': {
    ...bash('exit\n'),
    sudoers: becomes,
    refused: [4, /gave no shell/],
  },
  nologin: { shell: '/usr/sbin/nologin', refused: [4, /gave no shell/] },
  '/bin/false, with become': {
    shell: '/bin/false',
    sudoers: becomes,
    refused: [4, /gave no shell/],
  },
  'a forced `cat`': { sshd: ['ForceCommand cat'], refused: [4, /no shell/] },
  'a forced `cat`, with become': {
    sshd: ['ForceCommand cat'],
    sudoers: becomes,
    refused: [4, /no shell/],
  },
  'a clock that is a year behind': { sshd: [setClock('-365d')] },
  'a clock that is a year ahead': { sshd: [setClock('+365d')] },
};

function setClock(offset: string): string {
  const library = '/usr/$LIB/faketime/libfaketime.so.1';
  return `SetEnv LD_PRELOAD=${library} FAKETIME=${offset} DONT_FAKE_MONOTONIC=1`;
}

/**
 * The user `odd` logs in; what is changed here nobody outside sees.
 * @param uid its own: the kernel counts processes of all machines together
 */
export function insideOf(surrounding: Surrounding, uid: number): string {
  const { shell = '/bin/sh', password = '*', home = {}, sudoers = [], inside = '' } = surrounding;
  const files = Object.entries({ ...home, 'etc/sudoers': `${sudoers.join('\n')}\n` });
  return `mount -t tmpfs -o mode=0755 tmpfs /home
mkdir -p /home/odd/etc
cp /etc/passwd /etc/group /etc/shadow /home/odd/etc
echo 'odd:x:${uid}:${uid}::/home/odd:${shell}' >>/home/odd/etc/passwd
echo 'odd:x:${uid}:' >>/home/odd/etc/group
echo 'odd:${password}:19000:0:99999:7:::' >>/home/odd/etc/shadow
${files.map(([name, text]) => `mkdir -p "$(dirname '/home/odd/${name}')"; printf %s '${text.replaceAll("'", "'\\''")}' >'/home/odd/${name}'`).join('\n')}
chmod 0440 /home/odd/etc/sudoers
chown -R ${uid}:${uid} /home/odd
chown 0:0 /home/odd/etc/*
for file in passwd group shadow sudoers; do mount --bind /home/odd/etc/$file /etc/$file; done
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=0777 tmpfs /srv
${inside}`;
}

/** Writes, edits, makes a folder, and compares what commands say of it. */
export const ordinaryPlay = (become: boolean): string => `
import { assert, command, copy, file, lineInFile, play, playbook } from 'tsplay';
export default playbook([play({ name: 'ordinary', hosts: 'all', become: ${become}, *tasks() {
  yield copy('file', { content: 'one\\ntwo\\n', dest: '/srv/file' });
  yield lineInFile('line', { path: '/srv/file', regexp: '^two', line: 'two' });
  yield copy('other', { content: 'a\\n', dest: '/srv/other', force: false });
  yield lineInFile('line of it', { path: '/srv/other', line: 'b' });
  yield file('folder', { path: '/srv/folder', state: 'directory' });
  yield copy('big', { content: 'x'.repeat(200_000), dest: '/srv/folder/big' });
  const said = command('look', {
    argv: ['sh', '-c', 'cat /srv/file /srv/other; stat -c %a /srv/file /srv/folder; wc -c </srv/folder/big'],
  }, { changedWhen: false });
  yield said;
  yield assert('it is there', {
    that: (run) => run.result(said).stdout.trim() === 'one\\ntwo\\na\\nb\\n644\\n755\\n200000',
    message: (run) => JSON.stringify(run.result(said).stdout),
  });
} })]);
`;
