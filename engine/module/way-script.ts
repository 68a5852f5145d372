/** The script that finds the links on the way of paths: shell builtins, and one process for all. */
import { quote } from '../shell/quote.ts';
import { linksAllowed } from './way.ts';

/** Bytes of paths that one command may get. */
const commandLimit = 64 * 1024;

/**
 * `ways FOLDER NAME… FOLDER NAME…` prints each link that it meets (a mark and `l`, its real name; a
 * mark and `t`, what it holds), and behind a mark and `i` each folder and each file of several names
 * (`//`, mode:device:inode:path: every user sees the arguments of `find`, so no mark stands there).
 * `walk` follows what is left of a way (r) from a real folder (b). `many` reads the links of one
 * folder (h) with one process; where a target is not one line, with one each.
 */
const waysFunctions = (mark: string): string => `walk() {
while :; do
r=\${r#"\${r%%[!/]*}"}
[ -n "$r" ] || return 0
c=\${r%%/*} r=\${r#"\${r%%/*}"}
case $c in
.) ;;
..) b=\${b%/*} ;;
*) if [ "$n" -lt ${linksAllowed} ] && [ -L "$b/$c" ] && t=$(readlink -n -- "$b/$c" && printf .)
then through "$b/$c" "\${t%.}"
else b=$b/$c; fi ;;
esac
done
}
through() {
n=$((n+1))
printf %s "${mark}l$1${mark}t$2"
case $2 in /*) b= ;; esac
r=$2$r
}
many() {
k=$# j=$# s=$#
o=$(readlink -- "$@" 2>/dev/null; printf .)
set -f
IFS='
'
set -- "$@" $o
unset IFS
set +f
if [ "$#" = $((2*k+1)) ]; then
while [ $((j=j+1)) -le $((2*k)) ]; do eval "s=\\$((s+\\\${#$j}))"; done
fi
[ "$s" = $((\${#o}-1)) ] || s=
j=0
while [ $((j=j+1)) -le "$k" ]; do
n=0 b=$h r=
eval "v=\\\${$j}"
if [ -n "$s" ]; then eval "through \\"\\$v\\" \\"\\\${$((j+k))}\\""; else r=/\${v##*/}; fi
walk
done
}
ways() {
i=0 q= l= h=
for p do
i=$((i+1))
case $p in
/*) [ -z "$l" ] || eval "many$l"
f=$i l= n=0 b= r=$p
walk
h=$b ;;
*) q="$q \\"\\\${$f%/}/\\\${$i}\\""
[ ! -L "$h/$p" ] || l="$l \\"\\$h/\\\${$i}\\"" ;;
esac
done
[ -z "$l" ] || eval "many$l"
[ -n "$q" ] || return 0
printf %s '${mark}i'
eval "find -L$q -maxdepth 0 \\( -type d -o -type f -links +1 \\) -exec stat -L -c //%f:%d:%i:%n -- {} +" 2>/dev/null
}`;

/** Two slashes in a row stand between entries only. */
export const plainSlashes = (path: string): string => path.replaceAll(/\/{2,}/g, '/');

/** The last part of a path is examined beside others of its folder; `..` is nobody's name. */
function split(path: string): { readonly folder: string; readonly name: string | undefined } {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  if (name === '' || name === '.' || name === '..') return { folder: path, name: undefined };
  return { folder: path.slice(0, at) || '/', name };
}

export function waysScript(paths: readonly string[], mark: string): string {
  const byFolder = new Map<string, string[]>();
  for (const path of paths) {
    const { folder, name } = split(plainSlashes(path));
    const names = byFolder.get(folder) ?? [];
    byFolder.set(folder, names);
    if (name !== undefined) names.push(name);
  }
  const calls: string[][] = [];
  let free = 0;
  const add = (words: readonly string[], bytes: number): void => {
    calls.at(-1)?.push(...words);
    free -= bytes;
  };
  for (const [folder, names] of byFolder) {
    let begun = false;
    for (const name of [undefined, ...names]) {
      const bytes = Buffer.byteLength(folder) + Buffer.byteLength(name ?? '') + 2;
      if (calls.length === 0 || bytes > free) {
        calls.push([]);
        free = commandLimit;
        begun = false;
      }
      add([...(begun ? [] : [folder]), ...(name === undefined ? [] : [name])].map(quote), bytes);
      begun = true;
    }
  }
  return [
    waysFunctions(mark),
    ...calls.map((words) => `ways ${words.join(' ')}`),
    `printf %s '${mark}.'`,
  ].join('\n');
}
