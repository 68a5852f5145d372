/** Far ends that are no shell of ours, though they know the session's mark: root of the host may. */

/** Runs `script` once the mark is known, as `$m`; `hello` and `read_on` are at hand. */
export function hostile(script: string): readonly string[] {
  const learn = `while IFS= read -r line; do
case $line in
*tsplay_a=*) eval "$(printf %s "$line" | grep -o 'tsplay_[ab]=[0-9a-f]*')"; break ;;
esac
done
m=$tsplay_a$tsplay_b
hello() { printf '%s hello root root\\n' "$m"; printf '%s hello\\n' "$m" >&2; }
read_on() { cat >/dev/null; }
`;
  return ['/bin/sh', '-c', `${learn}${script}`];
}

/** What such a host may do, by name. Each would hold a run, or its memory, for good. */
export const attacks: Readonly<Record<string, string>> = {
  'a frame line that does not end': `hello; printf '%s ' "$m"; tr '\\0' x </dev/zero`,
  'bytes without end before the first word': `cat /dev/zero`,
  'bytes without end on stderr before the first word': `cat /dev/zero >&2`,
  'bytes without end as an answer': `hello; cat /dev/zero`,
  'bytes without end on stderr': `hello; cat /dev/zero >&2`,
  'lines without end': `hello; yes`,
  'frames without end': `hello; yes "$m"`,
  'a live frame of an absurd length': `hello; printf '%s live 1 out 999999999999999\\n' "$m"; read_on`,
  'an answer of an absurd length': `hello; printf '%s begin 1 999999999\\n' "$m"; read_on`,
  'a length that is no number': `hello; printf '%s begin 1 -1\\n' "$m"; read_on`,
  'the end of a request that was never sent': `hello; printf '%s end 7 0 \\n' "$m"; read_on`,
  'a second greeting': `hello; hello; read_on`,
  'an exit code that is none': `hello; printf '%s end 1 zero \\n' "$m"; read_on`,
};
