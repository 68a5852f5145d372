/** The command line of the OpenSSH client. */
import { InventoryError } from '../errors.ts';
import type { SharedConnection } from './shared-connection.ts';
import type { Connection } from './transport.ts';

/** Seconds, where the inventory says nothing. */
export const defaultConnectTimeout = 10;

/** What was found out of the client and of connections that are there. */
export interface Ways {
  readonly keyExchange?: string | undefined;
  /** Where the connection is kept for later runs, and whether it is there. */
  readonly shared?: SharedConnection | undefined;
}

/**
 * ssh takes the first value of an option, so ours stand before the user's own arguments.
 * @throws InventoryError for a host or user that ssh would take as an option or a command
 */
export function opensshArguments(
  connection: Connection,
  { keyExchange, shared }: Ways = {},
): string[] {
  refuseStrange('host', connection.host);
  if (connection.user !== undefined) refuseStrange('user', connection.user);
  const checking = connection.hostKeyChecking === 'accept-new' ? 'accept-new' : 'yes';
  const options: [string, string][] = [
    ['BatchMode', connection.password ? 'no' : 'yes'],
    ['NumberOfPasswordPrompts', '1'],
    ['StrictHostKeyChecking', checking],
    ['UpdateHostKeys', 'no'],
    ['ConnectTimeout', String(Math.ceil(connection.connectTimeout ?? defaultConnectTimeout))],
    ['ConnectionAttempts', '1'],
    ['ServerAliveInterval', '15'],
    ['ServerAliveCountMax', '3'],
    ['TCPKeepAlive', 'yes'],
    ...sharing(connection, shared),
    ['ClearAllForwardings', 'yes'],
    ['ForwardX11', 'no'],
    ['PermitLocalCommand', 'no'],
    ['RemoteCommand', 'none'],
    // "Authenticated to …" is how `open` knows that the login is done, without a round trip.
    ['LogLevel', 'VERBOSE'],
  ];
  if (keyExchange !== undefined) options.push(['KexAlgorithms', keyExchange]);
  if (connection.knownHostsFile !== undefined)
    options.push(['UserKnownHostsFile', quoteOption(connection.knownHostsFile)]);
  if (connection.privateKeyFile !== undefined)
    options.push(
      ['IdentityFile', quoteOption(connection.privateKeyFile)],
      ['IdentitiesOnly', 'yes'],
    );
  if (connection.password && connection.privateKeyFile === undefined)
    options.push(
      ['PubkeyAuthentication', 'no'],
      ['PreferredAuthentications', 'password,keyboard-interactive'],
    );
  if (connection.proxyJump !== undefined) options.push(['ProxyJump', connection.proxyJump]);
  const words = ['-T', ...options.flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  if (connection.port !== undefined) words.push('-p', String(connection.port));
  if (connection.user !== undefined) words.push('-l', connection.user);
  words.push(...(connection.sshArguments ?? []), '--', connection.host, 'exec /bin/sh');
  return words;
}

/** Whoever finds none makes one: it would not say that it logged in if it used another's. */
function sharing(
  { connectionPersist }: Connection,
  shared: SharedConnection | undefined,
): [string, string][] {
  if (shared === undefined)
    return [
      ['ControlMaster', 'no'],
      ['ControlPath', 'none'],
    ];
  return [
    ['ControlMaster', shared.warm ? 'no' : 'yes'],
    ['ControlPath', quoteOption(shared.path)],
    ['ControlPersist', String(Math.ceil(connectionPersist ?? 0))],
  ];
}

/** File names are split at blanks by ssh, and `%` is expanded. */
function quoteOption(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

function refuseStrange(what: keyof typeof sshWords, word: string): void {
  if (isForSsh(what, word)) return;
  throw new InventoryError(`the ${what} ${JSON.stringify(word)} is not one that ssh can be given`, {
    hint: `a ${what} ${forSsh}`,
  });
}

const sshWords = {
  host: /^[^-\s\p{C}'"`$\\;&<>|(){}][^\s\p{C}'"`$\\;&<>|(){}]*$/u,
  user: /^[^-\s\p{C}'"`;&<>|(){}][^\s\p{C}'"`;&<>|(){}]*$/u,
};

/** Whether ssh, and the shell that ssh may start for a proxy, can take the word for nothing else. */
export const isForSsh = (what: keyof typeof sshWords, word: string): boolean =>
  sshWords[what].test(word);

/** How such a word is, for hints. */
export const forSsh =
  'holds no blanks, quotes, shell or control characters and does not start with a dash';
