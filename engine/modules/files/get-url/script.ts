/** The script with which a host fetches a file by its own curl or wget. */
import type { FileValue } from '../../../readers/files/file.ts';
import type { HttpRequest } from '../../../readers/network/http-request.ts';
import { scriptOf } from '../../../module/compose/compose.ts';
import { putFunctions } from '../../../shell/host/library-files.ts';
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';
import { writeFile, type FileWrite } from '../../shared/write-file.ts';

export interface Fetching {
  readonly request: HttpRequest;
  /** Lower-case hex. */
  readonly sha256: string | undefined;
  /** Where it goes; its content is what arrived. */
  readonly write: Omit<FileWrite, 'content' | 'digest'>;
  readonly is: FileValue | undefined;
  /** An equal file is left as it is; the script prints `tsplay changed` where it was not. */
  readonly compare: boolean;
}

/**
 * With a checksum, what arrived so far lies beside the file, for its user alone, and is gone on with
 * by the next run, unless others can write in its folder. It takes the place of the file only whole,
 * and with the right checksum.
 */
export function fetchScript({ request, sha256, write, is, compare }: Fetching): Script {
  const part = write.path.replace(/([^/]*)$/, (_, name: string) => `.${name}.play-part`);
  const print = rawScript('cat -- "$part"');
  const content = { hostPath: part, digest: sha256 ?? '', size: 0, print };
  const digest = rawScript('"$play_sum"');
  const put = scriptOf({ alters: [writeFile({ ...write, content, digest }, is)] });
  return joinScripts([
    rawScript('', putFunctions),
    sh`part=${part} to=${write.path} url=${request.url} wanted=${sha256 ?? ''} config=${curlConfig(request)} refused=${wgetRefuses(request) ?? ''}`,
    sh`fetch_with_wget() {
quiet=
case $(wget --version 2>&1) in *GNU*) quiet=-nv ;; esac
# Builds of busybox without -T crash on it.
case $(wget --help 2>&1) in *-T*) quiet="$quiet -T ${request.timeout}" ;; esac
wget $quiet -c -O "$part" ${wgetRefuses(request) === undefined ? wgetWords(request) : []}
}`,
    rawScript(functions),
    rawScript(ownPart),
    rawScript(`begin() {
rm -f -- "$part"
(umask 077; set -C; : >"$part") 2>/dev/null || play_do write "$to" touch -- "$part"
}
begun=1
if [ -L "$part" ] || [ ! -O "$part" ] || [ ! -s "$part" ]; then begun=; begin; fi
right() { play_digest "$part"; [ -z "$wanted" ] || [ "$play_sum" = "$wanted" ]; }
if [ -z "$begun" ] || ! right; then
if ! receive; then
[ -n "$begun" ] || give_up
begun=; begin
receive || give_up
fi
if ! right && [ -n "$begun" ]; then
begin
receive || give_up
fi
fi
if ! right; then
rm -f -- "$part"
play_fail "$url has the sha256 $play_sum, not $wanted; it was not kept"
fi`),
    ...(compare ? [rawScript(sameThing)] : []),
    joinScripts([put, rawScript('|| { rm -f -- "$part"; exit 1; }')], ' '),
    rawScript(`rm -f -- "$part"${compare ? "\nprintf 'tsplay changed\\n'" : ''}`),
  ]);
}

/**
 * In a folder of others it cannot stay for the next run: it lies in a folder of ours. Nor without a
 * checksum, for nobody knows whether the server still has the same file, or whether another host
 * with the same folder writes into what lies there.
 */
const ownPart = `play_enter "\${to%/*}/" || play_cannot write "$to" "$play_said"
if [ -n "$play_open" ] || [ -z "$wanted" ]; then
play_clean
play_stage write "$to"
part=/proc/self/fd/6/part
fi
cd / || exit`;

const sameThing = `if [ -f "$to" ]; then
fetched=$play_sum
play_digest "$to"
if [ "$play_sum" = "$fetched" ]; then rm -f -- "$part"; exit 0; fi
play_sum=$fetched
fi`;

/**
 * Where nothing can be written, curl does not say why: another try does, and the part goes. curl
 * gets its words through a pipe, so that no secret stands in its arguments.
 */
const functions = `receive() {
if command -v curl >/dev/null 2>&1; then
said=$(printf %s "$config" | curl -K - -o "$part" 2>&1)
elif command -v wget >/dev/null 2>&1; then
[ -z "$refused" ] || play_fail "wget cannot send $refused; install curl on the host, or set from: 'controller'"
said=$(fetch_with_wget 2>&1)
else play_fail "the host has neither curl nor wget; set from: 'controller'"; fi
}
give_up() {
case $said in *'No space'* | *rit*)
why=$( (dd if=/dev/zero bs=65536 count=1 >>"$part") 2>&1) || { rm -f -- "$part"; play_cannot write "$to" "$why"; }
rm -f -- "$part" ;;
esac
[ -s "$part" ] || rm -f -- "$part"
play_fail "cannot fetch $url: $said"
}`;

function curlConfig({ url, headers, user, ca, cert, key, insecure, timeout }: HttpRequest): string {
  const set = (name: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`${name} = "${escaped(text)}"`];
  const lines = [
    ...set('url', url),
    ...headers.flatMap(([name, text]) =>
      set('header', text === '' ? `${name};` : `${name}: ${text}`),
    ),
    ...set('user', user),
    ...set('cacert', ca),
    ...set('cert', cert),
    ...set('key', key),
    ...(insecure === true ? ['insecure'] : []),
    'continue-at = -',
    'fail',
    'silent',
    'show-error',
    'location',
    'globoff',
    `connect-timeout = ${timeout}`,
    // A download may take long, but not stand still.
    'speed-limit = 1',
    `speed-time = ${timeout}`,
  ];
  return `${lines.join('\n')}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\t', '\\t');

/** What wget can't do, or would show to all users of the host. */
function wgetRefuses({ secret, user, cert }: HttpRequest): string | undefined {
  if (secret === true || user !== undefined) return 'secrets';
  return cert === undefined ? undefined : 'a client certificate';
}

const wgetWords = ({ url, headers, ca, insecure }: HttpRequest): string[] => [
  ...headers.map(([name, text]) => `--header=${name}: ${text}`),
  ...(ca === undefined ? [] : [`--ca-certificate=${ca}`]),
  ...(insecure === true ? ['--no-check-certificate'] : []),
  url,
];
