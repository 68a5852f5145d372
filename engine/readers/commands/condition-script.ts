/**
 * Checks of conditions as shell functions. Each prints what it saw and returns 0 where it holds,
 * 1 where it does not, 2 where nobody can tell on this host.
 */
import { quote } from '../../shell/quote.ts';
import { httpCommand, type HttpRequest } from '../network/http-request.ts';
import { hiddenFunction } from '../files/path-words.ts';

export type Condition =
  | { readonly kind: 'port'; readonly port: number; readonly host?: string }
  | { readonly kind: 'path'; readonly path: string; readonly contains?: string }
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'process'; readonly name: string }
  | {
      readonly kind: 'http';
      readonly request: HttpRequest;
      readonly status: readonly number[];
      readonly body?: string;
    };

/** What no server says by chance. */
const frameMark = 'tsplay-end-of-answer';

/** A port of the host itself, by the kernel's table: no connection, no tool. */
const listening = `listening() {
[ -r /proc/net/tcp ] || { printf %s '/proc/net/tcp cannot be read'; return 2; }
tables=/proc/net/tcp
[ ! -r /proc/net/tcp6 ] || tables="$tables /proc/net/tcp6"
if grep -qE "^ *[0-9]+: ($2):$1 [0-9A-F]+:0000 0A " $tables; then
printf %s 'it listens'
else
printf %s 'nothing listens there; listening ports:'
for seen in $(sed -n 's/^ *[0-9]*: [0-9A-F]*:\\([0-9A-F]*\\) [0-9A-F]*:0000 0A .*/\\1/p' $tables | sort -u)
do printf ' %d' "0x$seen"; done
return 1
fi
}`;

/** A port of another host: a connection, with what the host has. */
const connecting = `limited() {
if timeout 3 true 2>/dev/null; then timeout 3 "$@"; else "$@"; fi
}
connecting() {
if command -v bash >/dev/null 2>&1; then
said=$(limited bash --norc -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1 </dev/null) && { printf %s 'it accepts connections'; return 0; }
case $said in
*"/dev/tcp/$1/$2: No such file"*) ;;
*) printf %s "\${said:-no answer}" | sed -n '1s/^bash: line [0-9]*: //;1s/^bash: //;1p'; return 1 ;;
esac
fi
if command -v nc >/dev/null 2>&1; then
said=$(nc -w 2 "$1" "$2" 2>&1 </dev/null) && { printf %s 'it accepts connections'; return 0; }
printf %s "\${said:-no answer}"; return 1
fi
if command -v perl >/dev/null 2>&1; then
said=$(perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 3) or die "$@\\n"' "$1" "$2" 2>&1 </dev/null) && { printf %s 'it accepts connections'; return 0; }
printf %s "\${said:-no answer}"; return 1
fi
if command -v curl >/dev/null 2>&1; then
said=$(curl -sS -o /dev/null --connect-timeout 2 -m 2 -w '%{time_connect}' "telnet://$1:$2" 2>&1 </dev/null)
case $said in
*Unsupported*|*'not supported'*) ;;
*0.000000) printf %s "\${said%?0.000000}"; return 1 ;;
*) printf %s 'it accepts connections'; return 0 ;;
esac
fi
printf %s 'nothing on the host can open a connection: install bash, nc, perl or curl'
return 2
}`;

const inPath = `inPath() {
if [ ! -e "$1" ] && [ ! -L "$1" ]; then
if hidden "$1"; then printf %s 'a folder on the way to it cannot be searched'; return 2; fi
printf %s 'it is not there'; return 1
fi
[ $# -gt 1 ] || { printf %s 'it is there'; return 0; }
[ -f "$1" ] || { printf %s 'it is not a file'; return 1; }
[ -r "$1" ] || { printf %s 'it cannot be read'; return 2; }
said=$(grep -E -q -e "$2" -- "$1" 2>&1)
case $? in
0) printf %s 'a line matches'; return 0 ;;
1) printf 'no line matches; it ends with: '; tail -n 1 -- "$1" | cut -c 1-200; return 1 ;;
*) printf %s "$said"; return 2 ;;
esac
}`;

const unitActive = `unitActive() {
command -v systemctl >/dev/null 2>&1 || { printf %s 'the host has no systemctl'; return 2; }
said=$(systemctl show -p LoadState -p ActiveState -p SubState -p Result -- "$1" 2>&1) ||
{ printf %s "$said"; return 2; }
printf '%s\\n' "$said" | tr '\\n' ' '
case $said in *ActiveState=active*) return 0 ;; esac
return 1
}`;

/** The kernel cuts names at 15 bytes; longer ones are compared with the program's file name. */
const runs = `runs() {
cut=$(printf %.15s "$1")
for seen in /proc/[0-9]*/comm; do
{ read -r name <"$seen"; } 2>/dev/null || continue
[ "$name" = "$cut" ] || continue
if [ "$cut" != "$1" ]; then
program=$(tr '\\000' '\\n' <"\${seen%/comm}/cmdline" 2>/dev/null | head -n 1)
[ "\${program##*/}" = "$1" ] || continue
fi
seen=\${seen%/comm}
printf %s "it runs as process \${seen#/proc/}"
return 0
done
printf %s 'no process has that name'
return 1
}`;

/** Takes the frame of `httpCommand` apart; the body goes to the expression, the status to the list. */
const judgeAnswer = `judgeAnswer() {
line='
'
frame=\${1##*"${frameMark} "}
raw=\${1%"\${line}${frameMark} "*}
tool=\${frame%% *}
said=\${frame#* }
code=\${said%%"$line"*}
said=\${said#*"$line"}
said=\${said%"$line"*}
case $tool in
none) printf %s "$said"; return 2 ;;
curl) status=\${raw##*"$line"}; status=\${status%% *}; body=\${raw%"$line"*} ;;
*) status=$(printf '%s\\n' "$said" | sed -n 's/.*HTTP\\/[0-9.]* \\([0-9]*\\).*/\\1/p' | tail -n 1); body=$raw ;;
esac
case $status in
''|000) printf %s "\${said:-no answer, code $code}" | tail -n 1; return 1 ;;
esac
case " $2 " in
*" $status "*) ;;
*) printf %s "status $status: $body" | head -n 3 | cut -c 1-200; return 1 ;;
esac
[ -n "$3" ] || { printf %s "status $status"; return 0; }
printf '%s\\n' "$body" | grep -E -q -e "$3"
case $? in
0) printf %s "status $status, the body matches"; return 0 ;;
1) printf %s "status $status, no line matches: $body" | head -n 3 | cut -c 1-200; return 1 ;;
*) printf %s 'the regular expression is wrong'; return 2 ;;
esac
}`;

const functions: Readonly<Record<Condition['kind'], string>> = {
  port: `${listening}\n${connecting}`,
  path: `${hiddenFunction}\n${inPath}`,
  unit: unitActive,
  process: runs,
  http: judgeAnswer,
};

/** The functions that checks of these conditions call. */
export function conditionFunctions(conditions: readonly Condition[]): string {
  const kinds = new Set(conditions.map((condition) => condition.kind));
  return [...kinds].map((kind) => functions[kind]).join('\n');
}

/** Addresses of a local listener as the kernel's table writes them, or undefined: not this host. */
function localAddresses(host: string | undefined): string | undefined {
  const any = '0{8}|0{32}';
  const loopback = '0100007F|7F000001|0{16}FFFF00000100007F|0{20}FFFF7F000001';
  if (host === undefined) return '[0-9A-F]+';
  if (host === '127.0.0.1') return `${any}|${loopback}`;
  if (host === '::1') return '0{32}|0{24}01000000|0{31}1';
  if (host === 'localhost') return `${any}|${loopback}|0{24}01000000|0{31}1`;
  return undefined;
}

type Check<K> = (of: Extract<Condition, { readonly kind: K }>) => string;
const checks: { readonly [K in Condition['kind']]: Check<K> } = {
  port({ port, host }) {
    const local = localAddresses(host);
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    return local === undefined
      ? `connecting ${quote(host ?? '')} ${port}`
      : `listening ${hex} ${quote(local)}`;
  },
  path: ({ path, contains }) =>
    `inPath ${quote(path)} ${contains === undefined ? '' : quote(contains)}`,
  unit: ({ unit }) => `unitActive ${quote(unit)}`,
  process: ({ name }) => `runs ${quote(name)}`,
  http({ request, status, body = '' }) {
    // The blank keeps `$( (` from being arithmetic.
    const answer = `"$( ${httpCommand(request, frameMark, false)} )"`;
    return `judgeAnswer ${answer} ${quote(status.join(' '))} ${quote(body)}`;
  },
};

/** A shell command that checks one condition. */
export function conditionCheck(condition: Condition): string {
  const check = checks[condition.kind] as (of: Condition) => string;
  return check(condition);
}
