/** Processes: who is alive, who belongs to a tree, how a tree is ended. */

/** Whether a process, `PID:BORN`, is alive. */
export const livingFunctions = `tsplay_stat() {
tsplay_line=
{ read -r tsplay_line <"/proc/$1/stat"; } 2>/dev/null || return 1
set -- \${tsplay_line##*) }
tsplay_parent=$2 tsplay_group=$3 tsplay_session=$4 tsplay_born=\${20}
[ "$1" != Z ]
}
tsplay_lives() { tsplay_stat "\${1%:*}" && [ "$tsplay_born" = "\${1#*:}" ]; }
`;

export const processFunctions = `tsplay_clock() {
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
