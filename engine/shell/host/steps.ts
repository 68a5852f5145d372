/**
 * Timed reads, and steps. What shows a step's output ends with the shell that began it: it holds the
 * connection's pipes, and the controller would wait for the rest of the answer.
 */
export const runFunctions = (shell: string): string => `tsplay_limit() {
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
while [ -z "$tsplay_stop" ] && tsplay_lives "$tsplay_self"; do
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
{ tail -c "+$(($2 + 1))" "$tsplay_base.$1"; exec cat /dev/zero; } | head -c "$((tsplay_size - $2))"
}
tsplay_sized() {
tsplay_size=0
[ -s "$1" ] || return 0
tsplay_size=$(wc -c <"$1")
tsplay_size=$((tsplay_size))
[ "$tsplay_size" -le 8388609 ] || tsplay_size=8388609
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
*c*) ( set -- "$tsplay_dir" "$tsplay_deadline" "$1"; . "$tsplay_dir/script" ) <"$tsplay_in" >"$tsplay_base.out" 2>"$tsplay_base.err" ;;
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
tsplay_sized "$tsplay_base.out"
printf '%s%s begin %s %s\\n' "$tsplay_a" "$tsplay_b" "$1" "$tsplay_size"
[ "$tsplay_size" -eq 0 ] || head -c "$tsplay_size" "$tsplay_base.out"
tsplay_sized "$tsplay_base.err"
printf '%s%s begin %s %s\\n' "$tsplay_a" "$tsplay_b" "$1" "$tsplay_size" >&2
[ "$tsplay_size" -eq 0 ] || head -c "$tsplay_size" "$tsplay_base.err" >&2
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
tsplay_sized "$tsplay_base.out"
set -- "$tsplay_size"
tsplay_sized "$tsplay_base.err"
printf '%s %s %s %s %s\\n' "\${tsplay_base##*/}" "$tsplay_code" "$1" "$tsplay_size" "$tsplay_late"
head -c "$1" "$tsplay_base.out"
head -c "$tsplay_size" "$tsplay_base.err"
done
}
tsplay_close() {
tsplay_unwatch
[ -z "$tsplay_dir$tsplay_lock" ] || tsplay_remove
exit
}
`;
