/**
 * Paths as words of a reader's script, cut so that no command line grows past 64 KiB (rule 10,
 * answers of readers).
 */
import { quote } from '../../shell/quote.ts';

/** Bytes of paths that one command may get. */
export const commandLimit = 64 * 1024;

/** A path with doubled slashes, `.` parts and a trailing slash removed; `..` is left as it is. */
export function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}` || '.';
}

/** Cuts keys into runs whose paths fit on one command line. */
export function cutByBytes<K>(keys: readonly K[], pathOf: (key: K) => string): K[][] {
  const runs: K[][] = [];
  let free = 0;
  for (const key of keys) {
    const bytes = Buffer.byteLength(pathOf(key)) + 1;
    if (runs.length === 0 || bytes > free) {
      runs.push([]);
      free = commandLimit;
    }
    runs.at(-1)?.push(key);
    free -= bytes;
  }
  return runs;
}

/** Quoted words, separated by blanks. */
export const words = (paths: readonly string[]): string => paths.map(quote).join(' ');

/**
 * A shell function `hidden PATH`: true when PATH, which no test can see, may be there all the
 * same, because a folder on the way can't be searched. Absence is never guessed (rule 9, keys of
 * values).
 */
export const hiddenFunction = `hidden() {
d=$1
while :; do
case $d in */*) d=\${d%/*} ;; *) return 1 ;; esac
d=\${d:-/}
if [ -d "$d" ]; then [ ! -x "$d" ]; return; fi
[ ! -e "$d" ] || return 1
if [ -L "$d" ]; then unseen "$1"; return; fi
[ "$d" != / ] || return 1
done
}
unseen() {
case $(stat -L -- "$1" 2>&1) in *ermission*) return 0 ;; esac
return 1
}`;
