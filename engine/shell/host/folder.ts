/**
 * The session folder, and the watchdog that ends what runs too long or for nobody. A folder whose
 * connection was lost is emptied at once of what no record needs, and is gone ten seconds later (two
 * minutes where there are records) unless the same run came back; the next run that may change
 * something takes it away at once, any session does where the watchdog is gone too.
 */
// /run/user/UID goes when its login session does: it is ours to use only where it is ours by PAM.
export const folderFunctions = (key: string): string => `tsplay_dir= tsplay_watcher=
tsplay_ours() {
[ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] || return 1
case $(ls -ldn -- "$1") in drwx------*) ;; *) return 1 ;; esac
}
tsplay_sweep() {
for tsplay_old in "$1"/.tsplay-*-"$tsplay_uid"; do
[ -s "$tsplay_old/shell" ] && tsplay_ours "$tsplay_old" || continue
read -r tsplay_shell <"$tsplay_old/shell"
tsplay_lives "$tsplay_shell" && continue
tsplay_shell=
{ read -r tsplay_shell <"$tsplay_old/watcher"; } 2>/dev/null
[ -n "$tsplay_shell" ] && tsplay_lives "$tsplay_shell" || rm -rf -- "$tsplay_old"
done
return 0
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
{ printf x >"$tsplay_dir/run"; } 2>/dev/null && tsplay_sweep "$tsplay_at" && return 0
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
printf '%s\\n' "$tsplay_watcher" >"$tsplay_dir/watcher"
[ -z "$tsplay_lock" ] || printf '%s %s\\n' "$tsplay_watcher" "$tsplay_dir" >>"$tsplay_lock"
printf '%s%s folder %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_dir"
}
tsplay_remove() { exec rm -rf -- \${tsplay_dir:+"$tsplay_dir"} \${tsplay_lock:+"$tsplay_lock"}; }
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
tsplay_abandon() {
[ ! -s "$tsplay_lock" ] || printf 'over\\n' >>"$tsplay_lock"
tsplay_records=
for tsplay_file in "$tsplay_dir"/stdin "$tsplay_dir"/script "$tsplay_dir"/*.out "$tsplay_dir"/*.err; do
if [ -s "\${tsplay_file%.*}.code" ]; then tsplay_records=1
elif [ -s "$tsplay_file" ]; then printf '' >"$tsplay_file"; fi
done
for tsplay_count in 1 2 3 4 5 6 7 8 9 10 11 12; do
sleep 10
tsplay_shell=
{ read -r tsplay_shell <"$tsplay_dir/shell"; } 2>/dev/null
[ "$tsplay_shell" = "$tsplay_self" ] || return
[ -n "$tsplay_records" ] || break
done
tsplay_remove
}
tsplay_watch() {
while sleep 1; do
tsplay_deadline= tsplay_number= tsplay_run=
{ read -r tsplay_deadline tsplay_number tsplay_run <"$tsplay_dir/run"; } 2>/dev/null
if ! tsplay_lives "$tsplay_self" || ! tsplay_connected; then
# A session that took the folder over has ended what ran here; what runs now is its own.
tsplay_shell=
{ read -r tsplay_shell <"$tsplay_dir/shell"; } 2>/dev/null
if [ -z "$tsplay_shell" ] || [ "$tsplay_shell" = "$tsplay_self" ]; then
tsplay_lives "$tsplay_self" && kill -KILL "$$"
tsplay_end_tree "$tsplay_run"
tsplay_abandon
fi
exec rm -f -- "$tsplay_lock"
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
