/** How many files arrive as one stream. It is called through `engine/modules/files/mirror/plan.ts` only. */
import { putFunctions } from './library-files.ts';

/**
 * `play_unpack DEST FLAGS [MODE OWNER DIGEST TO]…` takes a tar archive from stdin, whose members
 * are named 0, 1, 2 … in the order of the quadruples, into a folder in DEST. Each must have its
 * digest before the first takes its place by a rename. Modes are in the archive; a change of owner
 * takes set-id bits away. FLAGS z: the archive is compressed; b: keep backups.
 */
const playUnpack = `play_unpack() (
play_dest=$1 play_packed=$2 play_flags=
shift 2
play_enter "$play_dest" || play_cannot 'write into' "$play_dest/" "$play_said"
play_clean
play_stage 'write into' "$play_dest/"
mkdir ./to || exit
case $play_packed in
*z*) play_said=$( { gzip -dc | tar -xpf - -C .; } 2>&1) ;;
*) play_said=$(tar -xpf - -C . 2>&1) ;;
esac || play_cannot 'write into' "$play_dest/" "$play_said"
play_n=0 play_k=0 play_sums=
for play_it do
case $play_k in
2) play_sums="$play_sums$play_it  $play_n
" ;;
3) play_n=$((play_n+1)) ;;
esac
play_k=$(((play_k+1)%4))
done
play_said=$(printf %s "$play_sums" | sha256sum -c 2>&1) ||
play_fail "files for $play_dest arrived incomplete: $play_said"
play_n=0 play_k=0
for play_it do
case $play_k in
0) play_mode=$play_it ;;
1) play_owner=$play_it ;;
3)
play_temp=./$play_n play_to=$play_it play_place=$play_it
play_acl
[ -z "$play_owner" ] || play_do "give $play_owner" "$play_to" chown -h -- "$play_owner" "$play_temp"
case $play_mode$play_owner in 0???) ;;
*) play_do "set mode $play_mode of" "$play_to" chmod -- "$play_mode" "$play_temp" ;;
esac
play_context "$play_temp"
play_n=$((play_n+1)) ;;
esac
play_k=$(((play_k+1)%4))
done
sync -- ./[0-9]* 2>/dev/null || sync
play_n=0 play_at_dir=
while [ $# -gt 0 ]; do
play_temp=./$play_n play_to=$4
case $play_at_dir in
"\${play_to%/*}/") ;;
*)
[ -z "$play_at_dir" ] || play_sync "$play_dir"
play_at_dir=\${play_to%/*}/
play_enter "$play_at_dir" || play_cannot write "$play_to" "$play_said"
play_held=$play_open play_dir=\${play_at_dir%/}
[ -z "$play_held" ] || play_dir=/proc/self/fd/5
exec 5<.
cd -P /proc/self/fd/6 || exit ;;
esac
play_place=$play_dir/\${play_to##*/}
case $play_packed in *b*) play_backup ;; esac
if [ -n "$play_held" ]; then
play_said=$(mv -f -- "$play_temp" "./to/\${play_to##*/}" 2>&1) || play_cannot write "$play_to" "$play_said"
play_temp=./to/\${play_to##*/}
fi
play_replace
play_n=$((play_n+1))
shift 4
done
[ -z "$play_at_dir" ] || play_sync "$play_dir"
play_leave
)`;

/** Names of the functions that a script must list to call `play_unpack`. */
export const unpackFunctions = [...putFunctions, 'play_unpack'] as const;

export const treeFunctions: Readonly<Record<string, string>> = { play_unpack: playUnpack };
