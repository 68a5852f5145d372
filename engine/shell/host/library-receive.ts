/** How a step takes a stream (rule 26, streams). */

/**
 * `play_take N` prints exactly N bytes of stdin. busybox's `head` reads ahead: it would swallow
 * what follows them, for which the session then waits for ever.
 */
const playTake = `play_take() {
[ "$1" -gt 0 ] || return 0
if [ "$1" -gt 1048576 ]; then
dd bs=1048576 count="$(($1/1048576))" iflag=fullblock 2>/dev/null || return
set -- "$(($1%1048576))"
[ "$1" -gt 0 ] || return 0
fi
dd bs="$1" count=1 iflag=fullblock 2>/dev/null
}
`;

/**
 * `play_receive N` prints the next stream's N bytes to stdout. It asks for them (READY), takes
 * exactly those from the session's stdin, drains what its reader does not want, and fails unless
 * the controller says that they are what was promised. 7 is the session's stdin, 8 its stderr.
 */
const playReceive = `play_receive() {
printf r >>"$tsplay_dir/flow"
printf '%s%s ready %s %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_number" "$1" >&8
play_take "$1" <&7 7<&- 8>&- | {
cat 7<&- 8>&- && tsplay_got=0 || tsplay_got=$?
[ "$tsplay_got" -eq 0 ] || cat 7<&- 8>&- >/dev/null
exit "$tsplay_got"
} && tsplay_got=0 || tsplay_got=$?
IFS= read -r tsplay_verdict <&7 || tsplay_verdict=
printf t >>"$tsplay_dir/flow"
printf '%s%s taken %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_number" >&8
[ "$tsplay_verdict" = good ] || { printf 'the content changed while it was sent\\n' >&2; return 1; }
return "$tsplay_got"
}`;

export const receiveFunctions: Readonly<Record<string, string>> = {
  play_receive: playTake + playReceive,
};
