/**
 * What a session's shell on the host knows: POSIX sh for dash, busybox ash and bash. All names
 * begin with `tsplay_`. Builtins do the work; what forks says so.
 */

import { folderFunctions } from './folder.ts';
import { lockText, type HostLock } from './lock.ts';
import { livingFunctions, processFunctions } from './processes.ts';
import { runFunctions } from './steps.ts';

/** Splits a mark, so that `set` in a user's script never prints it whole. */
export const halves = (mark: string): readonly [string, string] => [
  mark.slice(0, mark.length / 2),
  mark.slice(mark.length / 2),
];

/** What our scripts call, as far as a profile may have exported functions of that name for bash. */
const called = `[ alias bg builtin cat cd chgrp chmod chown command cp cut date dd declare echo enable env
false fc fg find getopts grep hash head id jobs kill let ln local ls mkdir mktemp mount mv printf pwd
read readlink rm rmdir sed seq setsid sh sha256sum shopt sleep sort stat sync systemctl tail tar tee test
timeout touch tr true type typeset ulimit umask umount unalias uname wait wc xargs`;

/**
 * The first thing a session's shell reads. Everything before its `hello` is noise. Options and
 * functions that a profile exports for bash (SHELLOPTS, BASH_FUNC_…) are undone by special builtins,
 * which no function of `sh` can be in the way of.
 * $1 are the pids whose end is the connection's end, $2 who logged in (both given after become).
 * @param lock of a run that may change something
 * @param gone last beats of sessions whose controller is gone: they hold the host no longer
 */
export function preamble(mark: string, lock?: HostLock, gone?: readonly string[]): string {
  const [first, second] = halves(mark);
  return `set +aCefuvx
case \${BASH_VERSION-} in ?*) unset -f ${called.replaceAll('\n', ' ')} ;; esac
tsplay_up=\${1:-\${tsplay_anchor:-$PPID}} tsplay_login=\${2-} tsplay_umask=$(umask)
tsplay_locale=\${LC_ALL-} tsplay_located=\${LC_ALL+x}
set --
unset CDPATH ENV BASH_ENV IFS tsplay_anchor
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
umask 077
cd /
tsplay_a=${first} tsplay_b=${second} tsplay_lock= tsplay_user=$(id -un)
tsplay_end() {
printf '%s%s end %s %s %s\\n' "$tsplay_a" "$tsplay_b" "$1" "$2" "\${3-}"
printf '%s%s end %s\\n' "$tsplay_a" "$tsplay_b" "$1" >&2
}
printf '%s%s hello %s %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_user" "\${tsplay_login:-$tsplay_user}"
printf '%s%s hello\\n' "$tsplay_a" "$tsplay_b" >&2
${lock ? livingFunctions + lockText(lock, gone) : ''}`;
}

/**
 * Functions for steps and timed reads, sent before the first of them.
 * @param key of the session folder; only [A-Za-z0-9._-]
 * @param shell command that runs steps, default `/bin/sh`
 * @param locked whether the preamble brought those of the lock
 */
export function stepFunctions(key: string, shell: string, locked: boolean): string {
  return (
    (locked ? '' : livingFunctions) + processFunctions + folderFunctions(key) + runFunctions(shell)
  );
}
