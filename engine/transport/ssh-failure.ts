/** What ssh's last words mean, for people. */
import { UnreachableError } from '../errors.ts';
import type { Connection } from './transport.ts';

interface Known {
  readonly pattern: RegExp;
  readonly means: string;
  readonly hint: (to: Target) => string;
  /** Worth another try after a pause. */
  readonly transient?: boolean;
}

interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly knownHosts: string;
}

/** In this order: a proxy's failure names its cause before "Connection closed". */
const known: readonly Known[] = [
  {
    pattern:
      /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed|POSSIBLE DNS SPOOFING/,
    means: 'its host key has changed',
    hint: ({ host, port, knownHosts }) =>
      `someone may be listening in; if the host was set up anew: ssh-keygen -R '${
        port === 22 ? host : `[${host}]:${port}`
      }' -f ${knownHosts}`,
  },
  {
    pattern: /is marked as revoked|REVOKED HOST KEY/,
    means: 'its host key is revoked',
    hint: ({ knownHosts }) => `see ${knownHosts}`,
  },
  {
    pattern: /Host key verification failed|host key is known for|unknown host key/,
    means: 'its host key is unknown',
    hint: ({ host, port, knownHosts }) =>
      `check the key, then add it (ssh-keyscan -p ${port} ${host} >> ${knownHosts}), or set hostKeyChecking: accept-new`,
  },
  {
    pattern:
      /Could not resolve hostname|Name or service not known|ENOTFOUND|EAI_AGAIN|nodename nor servname/,
    means: 'its name is unknown',
    hint: () => 'check the spelling, or give its address in the inventory',
  },
  {
    pattern: /Connection refused|ECONNREFUSED/,
    means: 'the connection was refused',
    hint: ({ port }) => `is sshd running there, on port ${port}?`,
  },
  {
    pattern: /No route to host|Network is unreachable|EHOSTUNREACH|ENETUNREACH|Host is down/,
    means: 'there is no route to it',
    hint: () => 'check its address and that it is switched on',
  },
  {
    pattern: /timed out|ETIMEDOUT|Timed out while waiting for handshake|not responding/i,
    means: 'it did not answer in time',
    hint: ({ port }) => `check its address and that a firewall lets port ${port} through`,
  },
  {
    pattern: /Permission denied|Too many authentication failures|authentication methods failed/i,
    means: 'the login was refused',
    hint: () => 'check user, key and password; `ssh -v` shows which keys are offered',
  },
  {
    pattern: /no matching .* found|Unable to negotiate|no matching/i,
    means: 'no common algorithm',
    hint: () =>
      'allow an older one for this host, e.g. sshArguments: [-o, HostKeyAlgorithms=+ssh-rsa]',
  },
  {
    pattern:
      /kex_exchange_identification|ssh_exchange_identification|Connection closed|Connection reset|Connection lost before handshake|ECONNRESET|EPIPE|Not allowed at this time/,
    means: 'it closed the connection before the login',
    hint: () => 'sshd may be overloaded (MaxStartups) or refuse this address',
    transient: true,
  },
  {
    pattern:
      /Bad configuration option|command-line: line|Bad owner or permissions|illegal option|unknown option/,
    means: 'ssh refused its options',
    hint: () => 'check sshArguments and ~/.ssh/config',
  },
];

/** ssh's messages that are no reason. */
const chatter =
  /^(Authenticated to |Transferred: |Bytes per second|Warning: Permanently added|Pseudo-terminal|debug\d|@|\s*$)/;

export const targetName = (connection: Connection): string =>
  `${connection.user === undefined ? '' : `${connection.user}@`}${connection.host}${
    connection.port === undefined || connection.port === 22 ? '' : `:${connection.port}`
  }`;

/** Whether the failure is one of a busy sshd, before the login. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof UnreachableError) || typeof error.cause !== 'string') return false;
  const said = error.cause;
  return known.find(({ pattern }) => pattern.test(said))?.transient === true;
}

/** The error for a connection that was not made. `said`: stderr of ssh, or a library's message. */
export function sshFailure(connection: Connection, said: string): UnreachableError {
  const target: Target = {
    name: targetName(connection),
    host: connection.host,
    port: connection.port ?? 22,
    knownHosts: connection.knownHostsFile ?? '~/.ssh/known_hosts',
  };
  const found = known.find(({ pattern }) => pattern.test(said));
  const last = lastWords(said);
  const means = found ? `${found.means}${last ? ` (${last})` : ''}` : last || 'ssh gave no reason';
  return new UnreachableError(`cannot reach ${target.name}: ${means}`, {
    hint: found?.hint(target),
    cause: said,
  });
}

/** Lines that say something, without ssh's own about what it sent and received. */
export const tellingLines = (said: string): readonly string[] =>
  said.split(/\r?\n/).filter((line) => !chatter.test(line));

/** The last line that says something. */
export function lastWords(said: string): string {
  const lines = tellingLines(said);
  const telling = lines.filter((line) => known.some(({ pattern }) => pattern.test(line)));
  return (telling.at(-1) ?? lines.at(-1) ?? '').trim();
}
