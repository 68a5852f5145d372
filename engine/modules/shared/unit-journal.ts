/** Why a unit does not work, in its own words: the state and what it last said. */

/**
 * `play_journal UNIT [--user]`: the state; the line with which the program of the last start gave
 * up, if there is one; its last lines, without the stacks that Go prints behind such a line.
 */
export const unitJournal = `play_journal() {
systemctl $2 --no-pager --lines=0 status -- "$1" 2>&1 | head -n 5
command -v journalctl >/dev/null 2>&1 || return 0
if command -v awk >/dev/null 2>&1; then
journalctl $2 --no-pager --quiet -o cat -n 1000 -u "$1" | awk '
/^(Starting|Started) / { before = fatal; fatal = "" }
/^F[0-9][0-9][0-9][0-9] |^Error: |^panic: |^fatal error: |level=fatal |"level":"fatal"|\\[emerg\\]|\\[ALERT\\]/ { fatal = $0 }
/^E[0-9][0-9][0-9][0-9] / { error = $0 }
/^goroutine [0-9]+|^created by |^[ \\t]|^[^ ]+\\(.*\\)$|^$/ { next }
{ line[++count] = $0 }
END {
  if (fatal == "") fatal = before
  if (fatal == "") fatal = error
  if (fatal != "") print "it says: " fatal
  for (at = count > 20 ? count - 19 : 1; at <= count; at++) if (line[at] != fatal) print line[at]
}'
else
journalctl $2 --no-pager --quiet -o cat -n 20 -u "$1"
fi
}`;
