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

/**
 * The first thing a session's shell reads. Everything before its `hello` is noise.
 * $1 are the pids whose end is the connection's end, $2 who logged in (both given after become).
 * @param lock of a run that may change something
 * @param gone last beats of sessions whose controller is gone: they hold the host no longer
 */
export function preamble(mark: string, lock?: HostLock, gone?: readonly string[]): string {
  const [first, second] = halves(mark);
  return `tsplay_up=\${1:-\${tsplay_anchor:-$PPID}} tsplay_login=\${2-} tsplay_umask=$(umask)
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
