/** One HTTP request as a shell command, by the host's curl, else by its wget. */
import { quote } from '../../shell/quote.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  /** In the order in which they are sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** `name:password` for basic authentication. */
  readonly user?: string;
  /** Paths on the host. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The server's certificate is not verified. */
  readonly insecure?: boolean;
  readonly follow?: boolean;
  /** Seconds. */
  readonly timeout: number;
  /** Nothing of it may stand in a command line. */
  readonly secret?: boolean;
}

/**
 * A shell command that prints one frame: what came, with curl then a line `STATUS HEADERBYTES`;
 * a line `MARK TOOL CODE`; what the tool said; a line `MARK.`
 * @param head whether the response's header goes before the body (curl only)
 */
export function httpCommand(request: HttpRequest, mark: string, head: boolean): string {
  const refused = wgetRefuses(request);
  // curl gets everything through pipes, so that no secret stands in its arguments.
  const curl = `curl -sS${head ? 'i' : ''} -K /proc/self/fd/5 -w '\\n%{http_code} %{size_header}'`;
  // Builds of busybox without -T crash on it.
  const wget = `limit=
case $(wget --help 2>&1) in *-T*) limit='-T ${request.timeout}' ;; esac
said=$(wget $limit ${wgetWords(request).map(quote).join(' ')} 2>&1 >&6 6>&-) || code=$?`;
  const refusal = `wget cannot send ${refused}; install curl on the host`;
  return `(exec 6>&1
code=0
if command -v curl >/dev/null 2>&1; then
tool=curl
said=$(printf %s ${quote(curlConfig(request))} | { exec 5<&0
printf %s ${quote(request.body ?? '')} | ${curl} 2>&1 >&6 6>&-; }) || code=$?
elif command -v wget >/dev/null 2>&1; then
tool=wget
${refused === undefined ? wget : `tool=none said=${quote(refusal)}`}
else
tool=none said='the host has neither curl nor wget'
fi
printf '\n%s %s %s\n%s\n%s.\n' ${mark} "$tool" "$code" "$said" ${mark})`;
}

function curlConfig(request: HttpRequest): string {
  const { url, method, headers, body, user, ca, cert, key, insecure, follow, timeout } = request;
  const set = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`${name} = "${escaped(text)}"`];
  const lines = [
    ...set('url', url),
    ...(method === 'HEAD' ? ['head'] : set('request', method)),
    ...headers.flatMap(([name, text]) =>
      set('header', text === '' ? `${name};` : `${name}: ${text}`),
    ),
    // curl would name a form as the type, and wait for a 100 Continue.
    ...(body === undefined ? [] : ['data-binary = "@-"', ...set('header', 'Expect:')]),
    ...(body !== undefined && !headers.some(([name]) => name.toLowerCase() === 'content-type')
      ? set('header', 'Content-Type:')
      : []),
    ...set('user', user),
    ...set('cacert', ca),
    ...set('cert', cert),
    ...set('key', key),
    ...(insecure ? ['insecure'] : []),
    ...(follow ? ['location'] : []),
    `max-time = ${timeout}`,
    'globoff',
  ];
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}

/** What both GNU's and busybox's wget can't do, or would show to all users of the host. */
function wgetRefuses(request: HttpRequest): string | undefined {
  if (request.secret === true || request.user !== undefined) return 'secrets';
  if (request.method !== 'GET') return `a ${request.method} request`;
  if (request.cert !== undefined) return 'a client certificate';
  return undefined;
}

function wgetWords(request: HttpRequest): string[] {
  return [
    '-q',
    '-S',
    '-O',
    '-',
    ...request.headers.map(([name, text]) => `--header=${name}: ${text}`),
    ...(request.ca === undefined ? [] : [`--ca-certificate=${request.ca}`]),
    ...(request.insecure ? ['--no-check-certificate'] : []),
    request.url,
  ];
}
