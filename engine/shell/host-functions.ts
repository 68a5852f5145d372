/**
 * What a session's shell on the host knows: POSIX sh for dash, busybox ash and bash. All names
 * begin with `tsplay_`. Builtins do the work; what forks says so.
 */

/** Splits a mark, so that `set` in a user's script never prints it whole. */
export const halves = (mark: string): readonly [string, string] => [
  mark.slice(0, mark.length / 2),
  mark.slice(mark.length / 2),
];

/**
 * The first thing a session's shell reads. Everything before its `hello` is noise.
 * $1 are the pids whose end is the connection's end, $2 who logged in (both given after become).
 */
export function preamble(mark: string): string {
  const [first, second] = halves(mark);
  return `tsplay_up=\${1:-\${tsplay_anchor:-$PPID}} tsplay_login=\${2-} tsplay_umask=$(umask)
tsplay_locale=\${LC_ALL-} tsplay_located=\${LC_ALL+x}
set --
unset CDPATH ENV BASH_ENV IFS tsplay_anchor
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
umask 077
cd /
tsplay_a=${first} tsplay_b=${second} tsplay_user=$(id -un)
tsplay_end() {
printf '%s%s end %s %s %s\\n' "$tsplay_a" "$tsplay_b" "$1" "$2" "\${3-}"
printf '%s%s end %s\\n' "$tsplay_a" "$tsplay_b" "$1" >&2
}
printf '%s%s hello %s %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_user" "\${tsplay_login:-$tsplay_user}"
printf '%s%s hello\\n' "$tsplay_a" "$tsplay_b" >&2
`;
}

/** Processes: who is alive, who belongs to a tree, how a tree is ended. */
const processes = `tsplay_stat() {
tsplay_line=
{ read -r tsplay_line <"/proc/$1/stat"; } 2>/dev/null || return 1
set -- \${tsplay_line##*) }
tsplay_parent=$2 tsplay_group=$3 tsplay_session=$4 tsplay_born=\${20}
[ "$1" != Z ]
}
tsplay_lives() { tsplay_stat "\${1%:*}" && [ "$tsplay_born" = "\${1#*:}" ]; }
tsplay_clock() {
read -r tsplay_now tsplay_rest </proc/uptime
tsplay_now=\${tsplay_now%%.*}
}
tsplay_collect() {
tsplay_more=1
while [ -n "$tsplay_more" ]; do
tsplay_more=
for tsplay_pid in /proc/[0-9]*; do
tsplay_pid=\${tsplay_pid#/proc/}
case $tsplay_members in *" $tsplay_pid:"*) continue ;; esac
tsplay_stat "$tsplay_pid" || continue
case $tsplay_members in
*" $tsplay_parent:"*) ;;
*) case " $tsplay_pid $tsplay_group $tsplay_session " in *" $1 "*) ;; *) continue ;; esac ;;
esac
tsplay_members="$tsplay_members $tsplay_pid:$tsplay_born" tsplay_more=1
done
done
}
tsplay_signal() {
tsplay_alive=
for tsplay_member in $tsplay_members; do
tsplay_lives "$tsplay_member" || continue
tsplay_alive=1
kill -"$1" "\${tsplay_member%:*}" 2>/dev/null
done
[ -n "$tsplay_alive" ]
}
tsplay_nap() { sleep 0.2 2>/dev/null || sleep 1; }
tsplay_end_tree() {
tsplay_members= tsplay_root=\${1%% *}
[ -n "$tsplay_root" ] || return 0
set -- "$tsplay_root" \${1##*) }
if tsplay_stat "$1" && [ "$tsplay_born" != "\${21}" ]; then return 0; fi
tsplay_collect "$1"
tsplay_signal TERM || return 0
tsplay_signal CONT
tsplay_clock
tsplay_until=$((tsplay_now + 10))
while tsplay_signal 0 && [ "$tsplay_now" -lt "$tsplay_until" ]; do tsplay_nap; tsplay_clock; done
tsplay_until=$((tsplay_now + 5))
tsplay_collect "$1"
while tsplay_signal KILL && [ "$tsplay_now" -lt "$tsplay_until" ]; do
tsplay_nap; tsplay_clock; tsplay_collect "$1"
done
}
`;

/** The session folder, and the watchdog that ends what runs too long or for nobody. */
// /run/user/UID goes when its login session does: it is ours to use only where it is ours by PAM.
const folder = (key: string): string => `tsplay_dir= tsplay_watcher=
tsplay_ours() {
[ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] || return 1
case $(ls -ldn -- "$1") in drwx------*) ;; *) return 1 ;; esac
}
tsplay_place() {
tsplay_uid=$(id -u) tsplay_runtime=
[ "\${XDG_RUNTIME_DIR-}" = "/run/user/$tsplay_uid" ] && tsplay_runtime=$XDG_RUNTIME_DIR
for tsplay_at in $tsplay_runtime /dev/shm /tmp; do
tsplay_dir=$tsplay_at/.tsplay-${key}-$tsplay_uid
if [ -e "$tsplay_dir" ] && tsplay_ours "$tsplay_dir"; then return 0; fi
done
for tsplay_at in $tsplay_runtime /dev/shm /tmp; do
tsplay_dir=$tsplay_at/.tsplay-${key}-$tsplay_uid
if [ -d "$tsplay_at" ] && [ -w "$tsplay_at" ] && mkdir -m 700 -- "$tsplay_dir" 2>/dev/null; then
{ printf x >"$tsplay_dir/run"; } 2>/dev/null && return 0
rm -rf -- "$tsplay_dir"
fi
done
tsplay_dir=
return 1
}
tsplay_ready() {
[ -n "$tsplay_dir" ] && [ -d "$tsplay_dir" ] && return 0
tsplay_place || return 1
if [ -s "$tsplay_dir/shell" ]; then
read -r tsplay_shell <"$tsplay_dir/shell"
if [ "\${tsplay_shell%:*}" != "$$" ] && tsplay_lives "$tsplay_shell"; then kill -KILL "\${tsplay_shell%:*}"; fi
tsplay_deadline= tsplay_run=
read -r tsplay_deadline tsplay_number tsplay_run <"$tsplay_dir/run"
tsplay_end_tree "$tsplay_run"
fi
tsplay_stat "$$"
tsplay_self=$$:$tsplay_born tsplay_anchors=
printf '%s\\n' "$tsplay_self" >"$tsplay_dir/shell"
for tsplay_pid in $tsplay_up; do
tsplay_stat "$tsplay_pid" && tsplay_anchors="$tsplay_anchors $tsplay_pid:$tsplay_born"
done
for tsplay_pid in run late over cancel flow; do printf '' >"$tsplay_dir/$tsplay_pid"; done
if command -v setsid >/dev/null 2>&1; then tsplay_setsid=setsid; else tsplay_setsid=; fi
tsplay_unwatch
( tsplay_watch ) </dev/null >/dev/null 2>&1 &
tsplay_stat "$!"
tsplay_watcher=$!:$tsplay_born
printf '%s%s folder %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_dir"
}
tsplay_unwatch() {
[ -n "$tsplay_watcher" ] && tsplay_lives "$tsplay_watcher" && kill "\${tsplay_watcher%:*}"
}
tsplay_connected() {
for tsplay_anchor in $tsplay_anchors; do tsplay_lives "$tsplay_anchor" || return 1; done
}
tsplay_cancelled() {
[ -s "$tsplay_dir/cancel" ] || return 1
read -r tsplay_upto <"$tsplay_dir/cancel"
[ "$1" -le "$tsplay_upto" ]
}
tsplay_watch() {
while sleep 1; do
tsplay_deadline= tsplay_number= tsplay_run=
{ read -r tsplay_deadline tsplay_number tsplay_run <"$tsplay_dir/run"; } 2>/dev/null
if ! tsplay_lives "$tsplay_self" || ! tsplay_connected; then
tsplay_lives "$tsplay_self" && kill -KILL "$$"
tsplay_end_tree "$tsplay_run"
exit
fi
[ -d "$tsplay_dir" ] || exit
[ -n "$tsplay_run" ] || continue
tsplay_why=late
tsplay_clock
if tsplay_cancelled "$tsplay_number"; then tsplay_why=cancelled
elif [ "$tsplay_now" -lt "$tsplay_deadline" ]; then continue; fi
printf '%s %s\\n' "$tsplay_number" "$tsplay_why" >"$tsplay_dir/late"
tsplay_end_tree "$tsplay_run"
printf '%s\\n' "$tsplay_number" >"$tsplay_dir/over"
done
}
`;

/** Timed reads, and steps. */
const running = (shell: string): string => `tsplay_limit() {
tsplay_clock
tsplay_deadline=$((tsplay_now + $1 + 1))
}
tsplay_over() {
printf '' >"$tsplay_dir/run"
tsplay_late= tsplay_whose= tsplay_count=0
[ -s "$tsplay_dir/late" ] || return 0
read -r tsplay_whose tsplay_late <"$tsplay_dir/late"
until [ -s "$tsplay_dir/over" ] || [ "$tsplay_count" -ge 80 ]; do
tsplay_nap
tsplay_count=$((tsplay_count + 1))
done
printf '' >"$tsplay_dir/late"
printf '' >"$tsplay_dir/over"
[ "$tsplay_whose" = "$1" ] || tsplay_late=
}
tsplay_read() {
tsplay_number=$1 tsplay_text=$3 tsplay_late=
if tsplay_ready; then
tsplay_limit "$2"
set --
(
read -r tsplay_line </proc/self/stat
printf '%s %s %s\\n' "$tsplay_deadline" "$tsplay_number" "$tsplay_line" >"$tsplay_dir/run"
eval "$tsplay_text"
) </dev/null
tsplay_code=$?
tsplay_over "$tsplay_number"
else
set --
( eval "$tsplay_text" ) </dev/null
tsplay_code=$?
fi
tsplay_end "$tsplay_number" "$tsplay_code" "$tsplay_late"
}
tsplay_live() {
tsplay_stop= tsplay_sent_out=0 tsplay_sent_err=0
trap 'tsplay_stop=1' TERM
while [ -z "$tsplay_stop" ]; do
sleep 1 >/dev/null 2>&1 &
wait "$!"
tsplay_show out "$tsplay_sent_out"
tsplay_sent_out=$tsplay_size
tsplay_show err "$tsplay_sent_err"
tsplay_sent_err=$tsplay_size
done
}
tsplay_show() {
tsplay_size=$2
[ -s "$tsplay_base.$1" ] || return 0
tsplay_size=$(wc -c <"$tsplay_base.$1")
tsplay_size=$((tsplay_size))
[ "$tsplay_size" -gt "$2" ] && [ "$tsplay_size" -le 8388608 ] || { tsplay_size=$2; return 0; }
printf '%s%s live %s %s %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_number" "$1" "$((tsplay_size - $2))"
tail -c "+$(($2 + 1))" "$tsplay_base.$1" | head -c "$((tsplay_size - $2))"
}
tsplay_step() {
tsplay_number=$1 tsplay_code=0
if ! tsplay_ready; then tsplay_end "$1" 1 nofolder; return; fi
tsplay_connected || exit
if tsplay_cancelled "$1"; then tsplay_end "$1" 143 cancelled; return; fi
tsplay_base=$tsplay_dir/$2 tsplay_in=/dev/null
printf '%s\\n' "$5" >"$tsplay_dir/script" || { tsplay_end "$1" 1 nofolder; return; }
printf '' >"$tsplay_dir/flow"
if [ "$#" -gt 5 ]; then
tsplay_in=$tsplay_dir/stdin
{ eval "$6"; } 7<&0 8>&2 >"$tsplay_in"
fi
tsplay_poller=
case $4 in *l*)
printf '' >"$tsplay_base.out"
printf '' >"$tsplay_base.err"
( tsplay_live ) &
tsplay_poller=$! ;;
esac
tsplay_limit "$3"
case $4 in *o*)
umask "$tsplay_umask"
if [ -n "$tsplay_located" ]; then LC_ALL=$tsplay_locale; else unset LC_ALL; fi ;;
esac
case $4 in
*s*) $tsplay_setsid ${shell} "$tsplay_dir/script" "$tsplay_dir" "$tsplay_deadline" "$1" 7<&0 8>&2 <"$tsplay_in" >"$tsplay_base.out" 2>"$tsplay_base.err" ;;
*) $tsplay_setsid ${shell} "$tsplay_dir/script" "$tsplay_dir" "$tsplay_deadline" "$1" <"$tsplay_in" >"$tsplay_base.out" 2>"$tsplay_base.err" ;;
esac
tsplay_code=$?
umask 077
LC_ALL=C
export LC_ALL
if [ -n "$tsplay_poller" ]; then
kill -TERM "$tsplay_poller" 2>/dev/null
wait "$tsplay_poller"
fi
tsplay_over "$1"
printf '%s %s\\n' "$tsplay_code" "$tsplay_late" >"$tsplay_base.code"
printf '' >"$tsplay_dir/script"
[ "$#" -gt 5 ] && printf '' >"$tsplay_in"
printf '%s%s begin %s\\n' "$tsplay_a" "$tsplay_b" "$1"
printf '%s%s begin %s\\n' "$tsplay_a" "$tsplay_b" "$1" >&2
[ -s "$tsplay_base.out" ] && head -c 8388609 "$tsplay_base.out"
[ -s "$tsplay_base.err" ] && head -c 8388609 "$tsplay_base.err" >&2
tsplay_flow=
read -r tsplay_flow <"$tsplay_dir/flow"
tsplay_end "$1" "$tsplay_code" "$tsplay_late"
case $tsplay_flow in *r) exit ;; esac
}
tsplay_forget() {
for tsplay_id do
for tsplay_part in code out err; do printf '' >"$tsplay_dir/$tsplay_id.$tsplay_part"; done
done
}
tsplay_records() {
for tsplay_file in "$tsplay_dir"/*.code; do
[ -s "$tsplay_file" ] || continue
tsplay_base=\${tsplay_file%.code}
read -r tsplay_code tsplay_late <"$tsplay_file"
printf '%s %s %s %s %s\\n' "\${tsplay_base##*/}" "$tsplay_code" "$(($(wc -c <"$tsplay_base.out")))" "$(($(wc -c <"$tsplay_base.err")))" "$tsplay_late"
cat "$tsplay_base.out" "$tsplay_base.err"
done
}
tsplay_close() {
tsplay_unwatch
[ -n "$tsplay_dir" ] && rm -rf -- "$tsplay_dir"
exit
}
`;

/**
 * Functions for steps and timed reads, sent before the first of them.
 * @param key of the session folder; only [A-Za-z0-9._-]
 * @param shell command that runs steps, default `/bin/sh`
 */
export function stepFunctions(key: string, shell: string): string {
  return processes + folder(key) + running(shell);
}
