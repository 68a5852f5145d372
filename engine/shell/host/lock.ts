/**
 * Two controllers that change a host at once would leave a mixture of both. Each session of a run
 * that may change something writes an entry on the host before it does anything: a number, one more
 * than those of the runs that are there, and who it is. The lowest number works, the others leave
 * (Lamport's bakery: two that come at once never both work). An entry is worth as much as its
 * session: it counts while that shell, or the watchdog that ends its last step, is alive. All
 * sessions of a run have one number. What the entries of dead sessions name is taken away at once.
 * A session whose controller is gone is ended by the run that waits for it (`silence.ts`).
 */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { quote } from '../quote.ts';
import { Silences } from './silence.ts';

/** What a run writes on the hosts that it locks. */
export interface HostLock {
  /** Tells the run from all others; only [A-Za-z0-9-]. */
  readonly id: string;
  /** Who it is, for whoever is held up. */
  readonly who: string;
  /** What it has heard of those that hold it up. */
  readonly silences: Silences;
}

/** @param playbook as it was given */
export function hostLock(run: string, playbook: string): HostLock {
  const plain = run.replaceAll(/[^A-Za-z0-9-]/g, '-');
  const who = [run, `${userInfo().username}@${hostname()}`, String(Date.now()), playbook];
  return {
    // The name of a run is good for one project only.
    id: `${plain}-${randomBytes(8).toString('hex')}`,
    who: who.map(encodeURIComponent).join(' '),
    silences: new Silences(),
  };
}

/** `site.ts by ada@ctl since 10:31:07 (run 20261120-103107-3f9c; its shell there is process 4711)` */
export function describeHeld([pid = '', ...who]: readonly string[]): string {
  const [run, user, since, playbook] = who.map(decoded);
  if (!run || !user || !playbook || !/^\d{1,15}$/.test(since ?? '')) return 'one that says no more';
  const time = new Date(Number(since));
  const day = time.toDateString() === new Date().toDateString() ? '' : `${dayOf(time)} `;
  const shell = /^\d+$/.test(pid) ? `; its shell there is process ${pid}` : '';
  return `${playbook} by ${user} since ${day}${time.toTimeString().slice(0, 8)} (run ${run}${shell})`;
}

const dayOf = (time: Date): string =>
  [time.getFullYear(), time.getMonth() + 1, time.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');

/** A host may have written anything. */
function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}

// Others may write beside our folder, where the first of these cannot be had: see `stand`.
const places = `/run/tsplay "/dev/shm/.tsplay-locks-$tsplay_user" "/tmp/.tsplay-locks-$tsplay_user"`;

/** Stands in the folder that it means, and that nobody can exchange any more. */
const stand = `{ cd -P -- "$tsplay_at"; } 2>/dev/null && [ "$PWD" = "$tsplay_at" ]`;

/**
 * Takes the lock behind the greeting. A host that another run holds says so and ends the session,
 * so that nothing that was sent with it is done. Costs no process while nothing is in the way.
 *
 * root's entries lie where only root writes and all may read; other users keep theirs in a folder
 * of their own, where only their own runs look, and respect root's.
 * @param gone last beats of holders that are ended, where they still are the last
 */
export const lockText = (
  { id, who }: HostLock,
  gone: readonly string[] = [],
): string => `tsplay_turn=
tsplay_hear() {
tsplay_beat=- tsplay_at=\${1%:*}
while tsplay_stat "$tsplay_at"; do
case $tsplay_line in
*'(sshd'* | *'(dropbear'*)
while read -r tsplay_word tsplay_rest; do
[ "$tsplay_word" != voluntary_ctxt_switches: ] || tsplay_beat=$1:$tsplay_rest
done <"/proc/$tsplay_at/status"
return ;;
esac
tsplay_at=$tsplay_parent
done
}
tsplay_look() {
tsplay_most=0 tsplay_mine= tsplay_holder= tsplay_passed=
for tsplay_at in ${places}; do
${stand} && { [ -O . ] || [ "$PWD" = /run/tsplay ]; } || continue
for tsplay_entry in *.*:*; do
if [ "$PWD/$tsplay_entry" = "$tsplay_lock" ]; then tsplay_passed=1; continue; fi
tsplay_number= tsplay_who= tsplay_guard= tsplay_left= tsplay_over=
{
{
read -r tsplay_number tsplay_who
while read -r tsplay_word tsplay_rest; do
if [ "$tsplay_word" = over ]; then tsplay_over=1; else tsplay_guard=$tsplay_word tsplay_left=$tsplay_rest; fi
done
} <"$tsplay_entry"
} 2>/dev/null || continue
if [ -z "$tsplay_over" ] &&
{ tsplay_lives "\${tsplay_entry##*.}" || { [ -n "$tsplay_guard" ] && tsplay_lives "$tsplay_guard"; }; }; then
[ "\${tsplay_number:-0}" -le "$tsplay_most" ] || tsplay_most=$tsplay_number
case $tsplay_entry in
${id}.*) [ ! -O . ] || tsplay_mine=$tsplay_number ;;
*)
if [ ! -O . ] || [ -z "$tsplay_number" ] || [ "$tsplay_number" -lt "\${tsplay_turn:-0}" ] ||
{ [ "$tsplay_number" = "$tsplay_turn" ] && [ -z "$tsplay_passed" ]; }; then
tsplay_held=\${tsplay_entry##*.}
tsplay_holder="\${tsplay_held%:*} $tsplay_who"
fi ;;
esac
elif [ -O . ]; then
rm -f -- "$tsplay_entry"
case $tsplay_entry in ${id}.*) continue ;; esac
case $tsplay_left in */.tsplay-*) ;; *) continue ;; esac
[ -O "$tsplay_left" ] && [ ! -L "$tsplay_left" ] || continue
{ read -r tsplay_word <"$tsplay_left/shell"; } 2>/dev/null && tsplay_lives "$tsplay_word" ||
rm -rf -- "$tsplay_left"
fi
done
done
cd /
}
tsplay_enter() {
tsplay_stat "$$" || return
for tsplay_at in ${places}; do
[ -d "$tsplay_at" ] || { [ -w "\${tsplay_at%/*}" ] && mkdir -m 755 -- "$tsplay_at"; } 2>/dev/null
${stand} && [ -O . ] || continue
tsplay_lock=$PWD/${id}.$$:$tsplay_born
{ printf '\\n' >"$tsplay_lock"; } 2>/dev/null && break
rm -f -- "$tsplay_lock"
tsplay_lock=
done
cd /
}
tsplay_write() {
tsplay_turn=$1
[ -z "$tsplay_lock" ] || { printf '%s %s\\n' "$1" ${quote(who)} >"$tsplay_lock"; } 2>/dev/null && return
rm -f -- "$tsplay_lock"
tsplay_lock=
}
tsplay_take() {
umask 022
tsplay_enter
tsplay_look
tsplay_write "\${tsplay_mine:-$((tsplay_most + 1))}"
tsplay_tries=0
while :; do
tsplay_look
if [ -n "$tsplay_mine" ] && [ "$tsplay_mine" -lt "$tsplay_turn" ]; then
tsplay_write "$tsplay_mine"
continue
fi
[ -n "$tsplay_holder" ] || break
tsplay_hear "$tsplay_held"
case $tsplay_beat in ${['none', ...gone].map(quote).join(' | ')}) kill -KILL "\${tsplay_held%:*}" 2>/dev/null ;; esac
if [ "$tsplay_tries" -ge 5 ]; then
printf '%s%s held %s %s\\n' "$tsplay_a" "$tsplay_b" "$tsplay_beat" "$tsplay_holder"
exec rm -f -- "$tsplay_lock"
fi
tsplay_tries=$((tsplay_tries + 1))
sleep 0.2 2>/dev/null || sleep 1
done
[ -n "$tsplay_lock" ] || printf '%s%s unlocked\\n' "$tsplay_a" "$tsplay_b"
umask 077
}
tsplay_take
`;
