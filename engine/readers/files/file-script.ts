/** The script of the file reader: shell builtins find what is there, one `stat` reads all of it. */
import { statFormat, type FileKey } from './file-value.ts';
import { cutByBytes, hiddenFunction, words } from './path-words.ts';

/**
 * A function `files FLAGS PATH…`; FLAGS has a letter for each path: n, d(igest), f(ollow), b(oth).
 * It prints six sections: what each path is (a absent, x denied, p plain, l link, f followed link,
 * d dangling link) and whether its digest follows (y, n not readable, -); `stat` of those not
 * followed, of those followed; targets; ends of followed links; digests.
 */
const filesFunction = (mark: string): string => `files() {
w=$1
shift
i=0 o= g= s= t= l= e= h=
for p do
i=$((i+1)) q=" \\"\\\${$i}\\"" x=\${w%"\${w#?}"} w=\${w#?} k=p
if [ -L "$p" ]; then
k=l
case $x in [fb])
if [ -e "$p" ]; then k=f; elif unseen "$p"; then k=x; else k=d; fi ;;
esac
elif [ -e "$p" ]; then :
elif hidden "$p"; then k=x; else k=a; fi
case $k in
p) s=$s$q ;;
[ld]) s=$s$q l=$l$q ;;
f) t=$t$q e=$e$q ;;
esac
case $k$x in
[pf][db]) if [ ! -f "$p" ]; then g=$g-; elif [ -r "$p" ]; then g=\${g}y h=$h$q; else g=\${g}n; fi ;;
*) g=$g- ;;
esac
o=$o$k
done
printf '%s\\n' "${mark}#$o $g"
each "$s" 'stat -c ${statFormat} --' 'stat -c ${statFormat} -- "$q" || gone' "$@"
each "$t" 'stat -L -c ${statFormat} --' 'stat -L -c ${statFormat} -- "$q" || gone' "$@"
each "$l" 'readlink -z --' 'readlink -n -- "$q"; printf "\\0"' "$@"
each "$e" 'readlink -fz --' 'readlink -fn -- "$q"; printf "\\0"' "$@"
each "$h" 'sha256sum --' : "$@"
}
each() {
printf %s '${mark}#'
[ -n "$1" ] || return 0
a=$1 b=$2 c=$3
shift 3
eval "$b$a" 2>/dev/null || { printf %s '${mark}!'; eval "for q in$a; do $c; done"; }
}
gone() {
if [ -e "$q" ] || [ -L "$q" ]; then printf '?\\n'; else printf '%s\\n' -; fi
}`;

export function fileScript(keys: readonly FileKey[], mark: string): string {
  const runs = cutByBytes(keys, (key) => key.path).map((run) => {
    const flags = run.map(flag).join('');
    return `files ${flags} ${words(run.map((key) => key.path))}`;
  });
  return [hiddenFunction, filesFunction(mark), ...runs, ':'].join('\n');
}

function flag(key: FileKey): string {
  if (key.follow === true) return key.digest === true ? 'b' : 'f';
  return key.digest === true ? 'd' : 'n';
}
