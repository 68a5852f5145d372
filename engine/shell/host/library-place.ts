/**
 * Shell functions for work in folders that others own. A path is a promise of whoever can write in
 * one of its folders: between two uses of it a link may stand there. So the shell goes into the
 * folder, looks where it is, and works on `./name`; what it makes there is made and finished in a
 * folder of its own, 0700, and takes its place by one rename, which follows nothing. Where only
 * root and we can write, on the whole way, none of that is needed.
 */

/**
 * `play_enter FOLDER`: the working folder is FOLDER, and stays so whatever becomes of its name.
 * play_open is set where others than root and us can change what is on the way or in it; a link
 * on the way counts only where nobody else can change it. Fails with play_said where there is none.
 */
const playEnter = `play_enter() {
play_want=$1 play_hops=0
while play_walk; do
play_hops=$((play_hops+1))
[ "$play_hops" -lt 20 ] || play_fail "cannot use $1: too many links are on the way"
done
cd -P -- "$play_want" 2>/dev/null || {
play_said=$(cd -P -- "$play_want" 2>&1)
if [ -d "$play_want" ] && [ ! -x "$play_want" ]; then play_said='Permission denied'; fi
return 1
}
[ -z "$play_open" ] || play_is "$play_want"
}
play_is() {
[ "$(readlink /proc/self/cwd)" = "$1" ] || play_foreign "$1"
}
play_foreign() {
play_fail "$1 is left alone: a link in \${play_open:-$play_doubt}, which is not root's alone, may lead anywhere; give the real path, or set becomeUser to the owner of that folder"
}
play_walk() {
play_wrest=\${play_want#/} play_wat= play_open= play_doubt=
set -- /
while [ -n "$play_wrest" ]; do
case $play_wrest in
/*) ;;
*)
play_wat=$play_wat/\${play_wrest%%/*}
set -- "$@" "$play_wat" ;;
esac
case $play_wrest in */*) play_wrest=\${play_wrest#*/} ;; *) play_wrest= ;; esac
done
play_want=\${play_wat:-/} play_wspace=/proc/self/ns/pid
[ -e "$play_wspace" ] || play_wspace=/
play_wmodes="$(stat -L -c '%i %u %a' -- "$play_wspace" "$@" 2>/dev/null)
"
play_space=\${play_wmodes%%[!0-9]*}
play_wmodes=\${play_wmodes#*
}
for play_wat do
if [ "$play_wat" != / ] && [ -L "$play_wat" ]; then
[ -z "$play_open$play_doubt" ] || play_foreign "$play_wat"
play_wrest=\${play_want#"$play_wat"}
play_wat=$(cd -P -- "$play_wat" 2>/dev/null && readlink /proc/self/cwd) || return 1
play_want=\${play_wat%/}$play_wrest
return 0
fi
play_wmode=\${play_wmodes%%
*}
play_wmode=\${play_wmode#* }
play_wmodes=\${play_wmodes#*
}
case $play_wmode in
'0 '*) play_wsafe=1 ;;
*) play_wsafe=; [ ! -O "$play_wat" ] || play_wsafe=1 ;;
esac
# In a sticky folder nobody moves what is root's or ours.
[ -z "$play_doubt" ] || [ -n "$play_wsafe" ] || play_open=\${play_open:-$play_doubt}
play_doubt=
case $play_wsafe$play_wmode in
1*' '[1357]??[2367] | 1*' '[1357]?[2367]?) play_doubt=$play_wat ;;
1*[2367]? | 1*[2367]) play_open=\${play_open:-$play_wat} ;;
1*) ;;
*) play_open=\${play_open:-$play_wat} ;;
esac
done
play_open=\${play_open:-$play_doubt}
return 1
}`;

/**
 * `play_follow PATH END`: fails where others can set a link that PATH is, or that one leads to, and
 * where it does not lead to END any more: what was read through a link of theirs counts for nothing.
 */
const playFollow = `play_follow() (
play_next=$1 play_count=0
while [ "$play_count" -lt 40 ]; do
play_count=$((play_count+1))
play_enter "\${play_next%/*}/" || play_cannot use "$play_next" "$play_said"
play_name=./\${play_next##*/} play_want=$(readlink /proc/self/cwd)
if [ ! -L "$play_name" ]; then
[ "\${play_want%/}/\${play_next##*/}" = "$2" ] || play_fail "$1 leads elsewhere than when it was read; run again"
exit 0
fi
[ -z "$play_open" ] || play_foreign "$play_next"
play_next=$(readlink -- "$play_name")
case $play_next in /*) ;; *) play_next=\${play_want%/}/$play_next ;; esac
done
play_fail "$1 leads through too many links"
)`;

/**
 * `play_stage VERB PATH`: from a folder that was entered into a new one in it that is ours alone;
 * 9 is the one that was entered. `play_leave` takes it away with all that is left in it, and
 * `play_clean`, with which each work in a folder begins, what a killed run left there. So does
 * `play_sweep FOLDER/` for one that only root and we can write.
 *
 * Hosts may share the folder, so a name says by whom it was made: the boot, the space of process
 * numbers (which `play_enter` asked for), the process. Here a dead process tells a leftover; of
 * another host nobody knows that, and of an earlier boot: what is a day old is one. In a folder of
 * others a name proves nothing, since they can give it to a folder of root's: one of ours has
 * `.play-made` in it, which they could not write.
 */
const playStage = `play_stage() {
exec 9<.
play_name_it ./
play_do "$1" "$2" mkdir -m 0700 -- "./.play-$play_id"
cd -P -- "./.play-$play_id" || exit
[ -z "$play_open" ] || play_ours || play_fail "cannot $1 $2: somebody takes away what is made in $play_want"
[ -z "$play_open" ] || : >./.play-made
exec 6<.
play_staged=1
}
play_name_it() {
play_id=$play_host-$$ play_n=0
while [ -e "$1.play-$play_id" ] || [ -L "$1.play-$play_id" ]; do
play_n=$((play_n+1)) play_id=$play_host-$$-$play_n
done
}
play_sweep() {
play_spot=\${1:-./} play_boot=
{ read -r play_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
play_host=\${play_boot%%-*}-$play_space
for play_old in "$play_spot".play-*-*-[0-9]*; do
[ -O "$play_old" ] || continue
case $play_old in
"$play_spot.play-$play_host-"*)
play_pid=\${play_old#"$play_spot.play-$play_host-"}
[ ! -e "/proc/\${play_pid%%-*}" ] || continue ;;
*)
case \${play_old#"$play_spot.play-"} in *[!0-9a-f-]*) continue ;; esac
[ -n "$(find "$play_old" -prune -mtime +0 2>/dev/null)" ] || continue ;;
esac
if [ $# -gt 0 ] || [ -z "$play_open" ]; then rm -rf -- "$play_old"
elif [ -L "$play_old" ] || [ ! -d "$play_old" ]; then rm -f -- "$play_old" 2>/dev/null
else (
play_id=\${play_old#./.play-}
cd -P -- "$play_old" 2>/dev/null && play_ours && [ -O ./.play-made ] || exit
rm -rf -- ./* ./.[!.]* ./..?*
) && rmdir -- "$play_old" 2>/dev/null; fi
done
return 0
}
play_ours() {
case $(stat -c '%u %a' .) in
*' 700' | *' '[0-7]700) ;;
*) return 1 ;;
esac
[ -O . ] && [ "$(readlink /proc/self/cwd)" = "\${play_want%/}/.play-$play_id" ]
}
play_leave() {
[ -n "$play_staged" ] || return 0
play_staged=
cd -P /proc/self/fd/6 && rm -rf -- ./* ./.[!.]* ./..?*
cd /
rmdir -- "/proc/self/fd/9/.play-$play_id" 2>/dev/null
exec 9<&- 6<&-
}
play_clean() {
play_sweep
play_staged=
trap 'play_leave' 0
trap 'exit 129' 1
trap 'exit 130' 2
trap 'exit 143' 15
}`;

/**
 * `play_set PATH TYPE LEAST OWNER MODE` sets owner and mode of what is there; empty: left alone.
 * LEAST, empty or a mode, comes before the owner, so that a new one never has the old permissions.
 * A file is held by another name of it in a folder of ours, a folder by standing in it.
 */
const playSet = `play_set() (
play_to=$1 play_type=$2
play_enter "\${1%/*}/" || play_cannot 'use the folder of' "$1" "$play_said"
play_name=./\${1##*/}
play_clean
if [ "$play_type" = directory ] && [ -n "$play_open" ]; then
play_do 'use' "$1" cd -P -- "$play_name"
cd -P -- "$play_name" || exit
play_is "\${play_want%/}/\${1##*/}"
play_name=.
elif [ -n "$play_open" ] && [ "$play_type" != link ]; then
play_stage 'set the mode of' "$1"
play_do hold "$1" ln -- "/proc/self/fd/9/$play_name" ./held
[ ! -L ./held ] || play_foreign "$1"
play_name=./held
fi
play_own "$play_name" "$play_type" "$3" "$4" "$5"
play_leave
)
play_own() {
[ -z "$3" ] || play_do "set mode \${3#0} of" "$play_to" chmod -- "$3" "$1"
[ -z "$4" ] || play_do "give $4" "$play_to" chown -h -- "$4" "$1"
[ -z "$5" ] || play_do "set mode \${5#0} of" "$play_to" chmod -- "$5" "$1"
}`;

/**
 * `play_set_all FOLDER OWNER MODE NAME…`: the same for things in one folder; an empty MODE is for
 * links too.
 */
const playSetAll = `play_set_all() (
play_to=$1 play_owner=$2 play_mode=$3
shift 3
play_enter "$play_to/" || play_cannot 'use' "$play_to/" "$play_said"
play_clean
if [ -n "$play_open" ] && [ -n "$play_mode" ]; then
play_stage 'set modes in' "$play_to"
for play_it do play_do hold "$play_to/$play_it" ln -- "/proc/self/fd/9/$play_it" "./$play_it"; done
for play_it do [ ! -L "./$play_it" ] || play_foreign "$play_to/$play_it"; done
fi
for play_it do
shift
set -- "$@" "./$play_it"
done
[ -z "$play_owner" ] || play_do "give $play_owner" "$play_to" chown -h -- "$play_owner" "$@"
[ -z "$play_mode" ] || play_do "set mode \${play_mode#0} in" "$play_to" chmod -- "$play_mode" "$@"
play_leave
)`;

/** `play_folder PATH MODE OWNER FIRST`: makes a folder; it is FIRST until it has its owner. */
const playFolder = `play_folder() (
play_to=$1 play_name=./\${1##*/}
play_enter "\${1%/*}/" || play_cannot 'make the folder' "$1" "$play_said"
play_clean
[ -z "$play_open" ] || play_stage 'make the folder' "$1"
play_do 'make the folder' "$1" mkdir -m "$4" -- "$play_name"
[ -z "$3" ] || play_do "give $3" "$1" chown -h -- "$3" "$play_name"
[ -z "$2" ] || play_do "set mode \${2#0} of" "$1" chmod -- "$2" "$play_name"
if [ -n "$play_open" ]; then
if [ -e "/proc/self/fd/9/$play_name" ] || [ -L "/proc/self/fd/9/$play_name" ]; then
play_fail "cannot make the folder $1: something is there since it was read"
fi
play_do 'make the folder' "$1" mv -f -- "$play_name" /proc/self/fd/9/
fi
play_leave
)`;

/** `play_remove PATH FLAGS` by rm with these flags, links not followed. */
const playRemove = `play_remove() (
play_to=$1 play_name=./\${1##*/}
play_enter "\${1%/*}/" || exit 0
play_clean
if [ "$2" = -rf ] && [ -n "$play_open" ] && [ -d "$play_name" ] && [ ! -L "$play_name" ]; then
play_stage remove "$1"
play_do remove "$1" mv -f -- "/proc/self/fd/9/$play_name" ./
fi
play_do remove "$1" rm "$2" -- "$play_name"
play_leave
)`;

/** `play_rename FROM TO`, two names in one folder: TO may be a link, which goes. */
const playRename = `play_rename() (
play_to=$2 play_name=./\${2##*/}
play_enter "\${2%/*}/" || play_cannot replace "$2" "$play_said"
play_clean
if [ -n "$play_open" ]; then
play_stage replace "$2"
play_do replace "$2" mv -f -- "/proc/self/fd/9/\${1##*/}" "$play_name"
play_do replace "$2" mv -f -- "$play_name" /proc/self/fd/9/
else play_do replace "$2" mv -f -- "./\${1##*/}" "$play_name"; fi
play_leave
)`;

/** `play_stamp PATH FLAGS STAMP`: sets a time, of a link itself where it is one. */
const playStamp = `play_stamp() (
play_to=$1
play_enter "\${1%/*}/" || play_cannot 'set the time of' "$1" "$play_said"
if [ -z "$3" ]; then play_do touch "$1" touch -c -h -- "./\${1##*/}"; exit; fi
play_do 'set the time of' "$1" env TZ=UTC0 touch -c -h "$2" -t "$3" -- "./\${1##*/}"
)`;

export const placeFunctions: Readonly<Record<string, string>> = {
  play_enter: playEnter,
  play_stage: playStage,
  play_set: playSet,
  play_set_all: playSetAll,
  play_folder: playFolder,
  play_remove: playRemove,
  play_rename: playRename,
  play_stamp: playStamp,
  play_follow: playFollow,
};
