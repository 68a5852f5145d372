/**
 * Shell functions that write files. They are called through `engine/modules/shared/write-file.ts` only.
 * Every function works under `set -e` and without it, in dash, busybox ash and bash.
 */

/** Says why and ends the step: `play_fail WORD…`. */
const playFail = `play_fail() {
printf '%s\\n' "$*" >&2
exit 1
}`;

/**
 * `play_cannot VERB PATH MESSAGE`: names the path and, from the tool's message, the cause. The
 * message follows as evidence, so that it is not taken for the reason.
 */
const playCannot = `play_cannot() {
play_seen=\${2%/*}
case $3 in
*'No space left'* | *': Wrote only '*) play_cause='the disk is full' ;;
*'quota exceeded'*) play_cause='the disk quota is used up' ;;
*'Read-only file system'*) play_cause='it is on a read-only file system' ;;
*'resource busy'*)
play_cause='it is a mount point (containers mount single files), so it cannot be replaced; set unsafeWrites: true to write into it' ;;
*'Operation not permitted'*)
play_cause='that is not permitted; perhaps it or its folder is immutable (chattr -i)'
for play_it in "$2" "\${play_seen:-/}"; do
case $(lsattr -d -- "$play_it" 2>/dev/null) in
[!\\ ]*i*\\ *) play_cause="$play_it is immutable or append-only (chattr -i)"; break ;;
esac
done ;;
*'ermission denied'*) play_cause="$(id -un) may not write in \${play_seen:-/}; set become" ;;
*)
play_cause=
[ -e "\${play_seen:-/}" ] || play_cause="its folder \${play_seen:-/} is missing"
[ ! -e "\${play_seen:-/}" ] || [ -d "\${play_seen:-/}" ] || play_cause="\${play_seen:-/} is not a folder" ;;
esac
[ -n "$play_cause" ] || play_fail "cannot $1 $2: $3"
play_fail "cannot $1 $2: $play_cause
--- what was said
$3"
}`;

/** `play_do VERB PATH COMMAND…`: runs it; where it fails, says so of the path, with the cause. */
const playDo = `play_do() {
play_verb=$1 play_at=$2
shift 2
play_said=$("$@" 2>&1) || play_cannot "$play_verb" "$play_at" "$play_said"
}`;

/** `play_sync PATH…`: the data and metadata of files or folders are on the disk when it returns. */
const playSync = `play_sync() {
sync -- "$@" 2>/dev/null && return
for play_it do dd if=/dev/null of="$play_it" conv=notrunc,fsync 2>/dev/null || { sync; return; }; done
}`;

/** `play_digest PATH`: sets play_sum to its sha256. */
const playDigest = `play_digest() {
play_sum=$(sha256sum <"$1") || play_fail "cannot read $1"
play_sum=\${play_sum%% *}
}`;

/**
 * `play_put TO MODE OWNER DIGEST BASE FLAGS QUOTED [VALIDATE…]` writes stdin to the file TO.
 * OWNER uid:gid or empty. BASE: digest that TO must still have, `absent`, or empty for whatever.
 * FLAGS b(ackup), u(nsafe: write into TO where it can't be replaced), l (TO is a link that is
 * replaced), i(nline: `play_content` prints what arrived whole with the script, instead of stdin).
 * VALIDATE: a command, cut where the temporary file's name goes; QUOTED is the name but for its
 * last part, quoted.
 */
const playPut = `play_put() (
play_to=$1 play_mode=$2 play_owner=$3 play_want_sum=$4 play_base=$5 play_flags=$6 play_quoted=$7 play_cwd=$PWD
shift 7
play_enter "\${play_to%/*}/" || play_cannot write "$play_to" "$play_said"
play_clean
play_make
play_write
play_acl
[ -z "$play_owner" ] || play_do "give $play_owner" "$play_to" chown -h -- "$play_owner" "$play_temp"
play_do "set mode $play_mode of" "$play_to" chmod -- "$play_mode" "$play_temp"
play_context "$play_temp"
play_sync "$play_temp"
[ $# -eq 0 ] || play_validate "$@"
play_expect
case $play_flags in *b*) play_backup ;; esac
play_replace
play_leave
[ -e "$play_temp" ] || trap - 0
play_sync "$play_dir"
)`;

/** Steps of `play_put`, in its subshell and with its variables. */
const playPutSteps = `play_make() {
if [ -n "$play_open" ]; then
play_stage write "$play_to"
play_held=1 play_temp=./\${play_to##*/} play_place=/proc/self/fd/9/\${play_to##*/} play_dir=/proc/self/fd/9
return
fi
cd -- "$play_cwd" || exit
play_held= play_place=$play_to play_dir=\${play_to%/*}/
play_name_it "$play_dir"
play_temp=$play_dir.play-$play_id
trap 'rm -f -- "$play_temp"' 0
}
play_expect() {
case $play_base in
'') ;;
absent) if [ -e "$play_place" ] || [ -L "$play_place" ]; then play_fail "$play_to appeared since it was read"; fi ;;
*)
play_digest "$play_place"
[ "$play_sum" = "$play_base" ] || play_fail "$play_to changed since it was read; run again" ;;
esac
}
play_validate() {
play_check=$1
shift
if [ -n "$play_staged" ]; then
ln -- "$play_temp" ./.play-new
read -r play_pid play_rest </proc/self/stat
play_quoted=/proc/$play_pid/fd/6/.play- play_name=new
else play_name=$play_id; fi
for play_part do play_check=$play_check$play_quoted$play_name$play_part; done
play_said=$(cd -- "$play_cwd" && sh -c "$play_check" 2>&1 </dev/null) ||
play_fail "$play_to is left as it is: the new content did not pass validation: $play_check
$play_said"
[ -z "$play_staged" ] || rm -f -- ./.play-new
}
play_write() {
case $play_flags in *i*)
play_said=$( (umask 077; set -C; play_content >"$play_temp") 2>&1) && return
# A shell's own printf does not say why it cannot write; cat does.
rm -f -- "$play_temp"
play_said=$( (umask 077; set -C; play_content | cat >"$play_temp") 2>&1) || play_cannot write "$play_to" "$play_said" ;;
*)
play_said=$( (umask 077; set -C; exec cat >"$play_temp") 2>&1) || play_cannot write "$play_to" "$play_said" ;;
esac
play_digest "$play_temp"
[ "$play_sum" = "$play_want_sum" ] || play_fail "the content of $play_to arrived incomplete: $(wc -c <"$play_temp") bytes"
}
play_acl() {
[ -f "$play_place" ] && [ ! -L "$play_place" ] && command -v setfacl >/dev/null 2>&1 || return 0
play_rules=$(getfacl -cpsnE -- "$play_place" 2>/dev/null) || return 0
[ -n "$play_rules" ] || return 0
printf '%s\\n' "$play_rules" |
sed 's/^user::.*/user::rw-/;s/^mask::.*/mask::---/;s/^other::.*/other::---/' |
setfacl --set-file=- -- "$play_temp" || play_fail "cannot keep the ACL of $play_to"
}
play_context() {
[ -e /sys/fs/selinux/enforce ] && command -v chcon >/dev/null 2>&1 || return 0
if [ -f "$play_place" ] && [ ! -L "$play_place" ]; then chcon --reference="$play_place" -- "$1"
elif command -v matchpathcon >/dev/null 2>&1; then chcon -- "$(matchpathcon -n "$play_to")" "$1"; fi ||
play_fail "cannot set the SELinux context of $play_to"
}
play_backup() {
[ -f "$play_place" ] || return 0
play_kept=$play_place.$(date -u +%Y%m%dT%H%M%SZ)~
while [ -e "$play_kept" ] || [ -L "$play_kept" ]; do play_kept=\${play_kept%"~"}+~; done
if [ -n "$play_held" ]; then
play_do 'keep a backup of' "$play_to" ln -- "$play_place" "./\${play_kept##*/}"
play_do 'keep a backup of' "$play_to" mv -f -- "./\${play_kept##*/}" "$play_dir/"
return
fi
case $play_flags in
*u*) play_said=$(cp -p -- "$play_to" "$play_kept" 2>&1) ;;
*) play_said=$(ln -- "$play_to" "$play_kept" 2>&1) || play_said=$(cp -p -- "$play_to" "$play_kept" 2>&1) ;;
esac || play_cannot 'keep a backup of' "$play_to" "$play_said"
}
play_replace() {
if [ -d "$play_place" ]; then
case $play_flags:$play_held in
*l*:) play_over; return ;;
*l*:*) [ -L "$play_place" ] || play_fail "cannot write $play_to: it is a folder" ;;
*) play_fail "cannot write $play_to: it is a folder" ;;
esac
fi
if [ -n "$play_held" ]; then
play_said=$(mv -f -- "$play_temp" "$play_dir/" 2>&1) || play_cannot write "$play_to" "$play_said"
return
fi
play_said=$(mv -f -- "$play_temp" "$play_to" 2>&1) && return
case $play_flags in
*u*)
play_said=$(cat <"$play_temp" 2>&1 >"$play_to") || play_cannot 'write into' "$play_to" "$play_said"
play_sync "$play_to" ;;
*) play_cannot write "$play_to" "$play_said" ;;
esac
}`;

/**
 * `play_over`: play_temp takes the place of the link to a folder play_to. busybox's mv has no way
 * to do that in one step, so there, and only there, the link is gone for a moment.
 */
const playOver = `play_over() {
mv -fT -- "$play_temp" "$play_to" 2>/dev/null && return
play_do replace "$play_to" rm -f -- "$play_to"
play_do replace "$play_to" mv -f -- "$play_temp" "$play_to"
}`;

/** `play_link TO SOURCE [OPTION]`: a link at TO, in place of a file, link or empty folder there. */
const playLink = `play_link() (
play_to=$1 play_source=$2
shift 2
play_enter "\${play_to%/*}/" || play_cannot 'make the link' "$play_to" "$play_said"
play_clean
if [ -n "$play_open" ]; then
play_stage 'make the link' "$play_to"
play_dir=/proc/self/fd/9/ play_temp=./\${play_to##*/}
else
play_dir=\${play_to%/*}/
play_name_it "$play_dir"
play_temp=$play_dir.play-$play_id
trap 'rm -f -- "$play_temp"' 0
fi
play_place=$play_dir\${play_to##*/}
play_put_link "$@"
play_sync "$play_dir"
play_leave
)
play_put_link() {
play_do 'make the link' "$play_to" ln "$@" -- "$play_source" "$play_temp"
if [ -d "$play_place" ] && [ ! -L "$play_place" ]; then
play_do 'remove the folder' "$play_to" rmdir -- "$play_place"
fi
if [ -n "$play_staged" ]; then play_do 'make the link' "$play_to" mv -f -- "$play_temp" "$play_dir"
elif [ -d "$play_to" ]; then play_over; else
play_do 'make the link' "$play_to" mv -f -- "$play_temp" "$play_to"
fi
}`;

/** Names of the functions that a script must list to call `play_do`. */
export const doFunctions = ['play_fail', 'play_cannot', 'play_do'] as const;

/** Names of the functions that a script must list to work in a folder that it has entered. */
export const placeFunctionNames = [...doFunctions, 'play_enter', 'play_stage'] as const;

/** Names of the functions that a script must list to call `play_link`. */
export const linkFunctions = [
  ...placeFunctionNames,
  'play_sync',
  'play_over',
  'play_link',
] as const;

/** Names of the functions that a script must list to call `play_put`. */
export const putFunctions = [
  ...placeFunctionNames,
  'play_sync',
  'play_digest',
  'play_over',
  'play_put_steps',
  'play_put',
] as const;

export const fileFunctions: Readonly<Record<string, string>> = {
  play_fail: playFail,
  play_cannot: playCannot,
  play_do: playDo,
  play_over: playOver,
  play_link: playLink,
  play_sync: playSync,
  play_digest: playDigest,
  play_put_steps: playPutSteps,
  play_put: playPut,
};
