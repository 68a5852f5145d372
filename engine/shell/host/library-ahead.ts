/**
 * Shell functions that write many files together. They are called through
 * `engine/module/compose/compose.ts` only, which for each file N defines `play_bytes_N`, which prints
 * its content, and `play_words_N`, which calls what it is given with the arguments of `play_put`.
 *
 * Files in folders where only root and we can write, on the whole way, are prepared together: one
 * program for the digests of all, one for each owner and each mode, one sync. Each then takes its
 * place at its turn, by a rename. Whatever is not as usual (folders of others, links on the way, a
 * full disk, an owner that is unknown) is left to `play_put`, at the turn of the file: it says why.
 */
import { putFunctions } from './library-files.ts';

/**
 * `play_survey FOLDER…` looks, with one program, at folders and at all on the way to them, each
 * behind the one above it. play_good are those where only root and we can write, each on a line of
 * its own behind an empty one; of a folder with two names (a bind mount) only the first is.
 */
const playSurvey = `play_survey() {
umask 077
play_good='
' play_sticky='
' play_ids=' '
play_space=/proc/self/ns/pid
[ -e "$play_space" ] || play_space=/
play_seen="$(stat -L -c '%u %a %d:%i %n' -- "$play_space" "$@" 2>/dev/null)
"
play_space=\${play_seen%%" $play_space
"*}
play_space=\${play_space##*:}
play_seen=\${play_seen#*
}
for play_at do
play_line=\${play_seen%%
*}
[ "\${play_line#* * * }" = "$play_at" ] || continue
play_line=\${play_line%" $play_at"}
play_seen=\${play_seen#*
}
[ -d "$play_at" ] && [ ! -L "$play_at" ] || continue
case $play_ids in *" \${play_line##* } "*) continue ;; esac
play_ids="$play_ids\${play_line##* } "
case $play_line in '0 '*) ;; *) [ -O "$play_at" ] || continue ;; esac
play_above=\${play_at%/*}
[ "$play_at" = / ] || play_is_in "$play_good$play_sticky" "\${play_above:-/}" || continue
case \${play_line% *} in
*' '[1357]??[2367] | *' '[1357]?[2367]?) play_sticky="$play_sticky$play_at
" ;;
*[2367]? | *[2367]) ;;
*) play_good="$play_good$play_at
" ;;
esac
done
}
play_is_in() {
case $1 in *"
$2
"*) ;; *) return 1 ;; esac
}`;

/**
 * `play_prepare N…`: what can be made of the files before their turn. Where anything fails nothing
 * is: each of them is then written at its turn.
 */
const playPrepare = `play_prepare() {
play_fresh= play_spoilt=
for play_n do "play_words_$play_n" play_ahead "$play_n"; done
[ -n "$play_fresh" ] || return 0
[ -z "$play_spoilt" ] && play_finish || play_drop $play_fresh
}
play_tidy() {
play_is_in "$play_swept" "$1" && return
play_sweep "$1/"
play_swept="$play_swept$1
"
}
play_ahead() {
play_in=\${2%/*}
play_is_in "$play_good" "\${play_in:-/}" && [ -z "$play_spoilt" ] || return 0
play_tidy "$play_in"
play_temp=$play_in/.play-$play_host-$$-$1
if [ -e "$play_temp" ] || [ -L "$play_temp" ]; then return 0; fi
eval "play_temp_$1=\\$play_temp play_mode_$1=\\$3 play_owner_$1=\\$4 play_sum_$1=\\$5 play_to_$1=\\$2"
play_fresh="$play_fresh $1" play_live="$play_live$1 "
set -C
{ "play_bytes_$1" >"$play_temp"; } 2>/dev/null || play_spoilt=1
set +C
}
play_finish() {
set --
for play_n in $play_fresh; do eval "set -- \\"\\$@\\" \\"\\$play_temp_$play_n\\""; done
play_seen=$(sha256sum -- "$@" 2>/dev/null) || return
for play_n in $play_fresh; do
eval "[ \\"\\\${play_seen%% *}\\" = \\"\\$play_sum_$play_n\\" ]" || return
play_seen=\${play_seen#*
}
done
play_keep_rules || return
play_in_turn owner chown -h || return
play_in_turn mode chmod || return
if [ -e /sys/fs/selinux/enforce ]; then
for play_n in $play_fresh; do
eval "play_temp=\\$play_temp_$play_n play_to=\\$play_to_$play_n"
( play_place=$play_to; play_context "$play_temp" ) 2>/dev/null || return
done
fi
play_sync "$@"
}
play_in_turn() {
play_kinds=
for play_n in $play_fresh; do
eval "play_kind=\\$play_$1_$play_n"
[ -n "$play_kind" ] || continue
case " $play_kinds " in *" $play_kind "*) ;; *) play_kinds="$play_kinds $play_kind" ;; esac
done
play_what=$1 play_how=$2\${3:+ $3}
for play_kind in $play_kinds; do
set --
for play_n in $play_fresh; do
eval "[ \\"\\$play_kind\\" != \\"\\$play_\${play_what}_$play_n\\" ] || set -- \\"\\$@\\" \\"\\$play_temp_$play_n\\""
done
$play_how -- "$play_kind" "$@" 2>/dev/null || return
done
}
play_keep_rules() {
command -v setfacl >/dev/null 2>&1 || return 0
set --
for play_n in $play_fresh; do eval "[ ! -f \\"\\$play_to_$play_n\\" ] || set -- \\"\\$@\\" \\"\\$play_to_$play_n\\""; done
[ $# -gt 0 ] && [ -n "$(getfacl -cpsnE -- "$@" 2>/dev/null)" ] || return 0
for play_n in $play_fresh; do
eval "play_temp=\\$play_temp_$play_n play_to=\\$play_to_$play_n"
( play_place=$play_to; play_acl ) 2>/dev/null || return
done
}`;

/**
 * `play_commit N`: the file takes its place, or is written now where it was not prepared.
 * `play_settle`, at the end of what belongs together and where the script ends early, removes what
 * took no place and puts the folders on the disk.
 */
const playCommit = `play_commit() {
case $play_live in
*" $1 "*) "play_words_$1" play_swap "$1" ;;
*) eval "play_content() { play_bytes_$1; }"; "play_words_$1" play_put ;;
esac
}
play_swap() {
play_n=$1 play_to=$2 play_base=$6 play_flags=$7 play_quoted=$8
play_held= play_staged= play_cwd=$PWD play_place=$play_to play_dir=\${play_to%/*}/ play_id=$play_host-$$-$1
play_temp=$play_dir.play-$play_id
shift 8
[ $# -eq 0 ] || play_validate "$@"
play_expect
case $play_flags in *b*) play_backup ;; esac
play_replace
play_move_in "$play_dir"
[ -e "$play_temp" ] || play_live="\${play_live%%" $play_n "*} \${play_live#*" $play_n "}"
}
play_move_in() {
play_is_in "$play_moved" "$1" || play_moved="$play_moved$1
"
}
play_drop() {
for play_n do
eval "set -- \\"\\$@\\" \\"\\$play_temp_$play_n\\""
shift
case $play_live in *" $play_n "*) play_live="\${play_live%%" $play_n "*} \${play_live#*" $play_n "}" ;; esac
done
[ $# -eq 0 ] || rm -f -- "$@"
}
play_settle() {
play_drop $play_live
[ -z "$play_half" ] || rm -f -- "$play_half"
[ "$play_moved" != '
' ] || return 0
set -f
IFS='
'
set -- $play_moved
unset IFS
set +f
play_moved='
'
play_sync "$@"
}
play_together() {
play_half= play_live=' ' play_moved='
' play_swept='
'
trap play_settle 0
trap 'exit 129' 1
trap 'exit 130' 2
trap 'exit 143' 15
}`;

/**
 * `play_near NEAR FAR PATH WORD…`: what else is done in the same folders, by NEAR with fewer programs
 * where the way is good. Elsewhere FAR does it, and then nothing counts as good any more: PATH may
 * be another name of what is on the way to the rest.
 * `play_mkdir PATH MODE OWNER FIRST` is `play_folder`, which changes nothing that was there.
 */
const playNear = `play_near() {
play_how=$1 play_else=$2 play_above=\${3%/*}
shift 2
if play_is_in "$play_good" "\${play_above:-/}"; then
play_tidy "$play_above"
"$play_how" "$@"
return
fi
play_drop $play_live
play_good='
'
"$play_else" "$@"
}
play_relink() {
play_to=$1 play_source=$2 play_place=$1 play_dir=\${1%/*}/ play_staged=
play_temp=$play_dir.play-$play_host-$$-ff
if [ -e "$play_temp" ] || [ -L "$play_temp" ]; then play_link "$@"; return; fi
shift 2
play_half=$play_temp
play_put_link "$@"
play_half=
play_move_in "$play_dir"
}
play_unlink() { play_do remove "$1" rm "$2" -- "$1"; }
play_retouch() {
play_to=$1
play_own "$@"
}
play_mkdir() {
play_above=\${1%/*}
play_is_in "$play_good" "\${play_above:-/}" || { play_folder "$@"; return; }
play_tidy "$play_above"
play_do 'make the folder' "$1" mkdir -m "$4" -- "$1"
[ -z "$3" ] || play_do "give $3" "$1" chown -h -- "$3" "$1"
if [ -n "$2" ] && { [ "$2" != "0$4" ] || [ -n "$3" ] || [ -g "$1" ]; }; then
play_do "set mode \${2#0} of" "$1" chmod -- "$2" "$1"
fi
case \${3:-0}:\${2:-$4} in
*:*[2367]? | *:*[2367]) ;;
0:* | root:*) play_good="$play_good$1
" ;;
esac
}`;

/** Names of the functions that a script must list to write files together. */
export const aheadFunctions = [
  ...putFunctions,
  'play_folder',
  'play_link',
  'play_remove',
  'play_set',
  'play_survey',
  'play_prepare',
  'play_commit',
  'play_near',
] as const;

export const aheadLibrary: Readonly<Record<string, string>> = {
  play_survey: playSurvey,
  play_prepare: playPrepare,
  play_commit: playCommit,
  play_near: playNear,
};
