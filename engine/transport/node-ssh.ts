/**
 * The transport for machines without an ssh client. What node-ssh leaves to its users is done
 * here: host keys, an error listener that stays, TCP_NODELAY, keepalive, undecoded bytes.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { NodeSSH } from 'node-ssh';
import type { Client, ClientChannel, ServerHostKeyAlgorithm } from 'ssh2';
import { InventoryError, UnreachableError } from '../errors.ts';
import { reveal } from '../secrets/secret.ts';
import { endWithController, tailOf } from './child-stream.ts';
import { KnownHosts, type Verdict } from './known-hosts.ts';
import { loginMethods, loginName } from './node-ssh-login.ts';
import { defaultConnectTimeout } from './openssh-arguments.ts';
import { sshFailure } from './ssh-failure.ts';
import type { ByteStream, Connection } from './transport.ts';

/** Said as OpenSSH says it, so that one table explains both. */
const refusals: Readonly<Record<Exclude<Verdict, 'known'>, string>> = {
  unknown: 'No host key is known for it: unknown host key',
  changed: 'REMOTE HOST IDENTIFICATION HAS CHANGED',
  revoked: 'Its host key is marked as revoked',
};

const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Key types on record first: a server with several keys is to show the one that we know. */
function preferred(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const known = (name: string): boolean =>
    types.includes(name) || (name.startsWith('rsa-') && types.includes('ssh-rsa'));
  const rest = hostKeyAlgorithms.filter((name) => !known(name));
  return [...hostKeyAlgorithms.filter(known), ...rest];
}

/**
 * @throws UnreachableError with the cause and a hint; InventoryError for what only OpenSSH can do
 */
export async function openNodeSsh(
  connection: Connection,
  signal?: AbortSignal,
): Promise<ByteStream> {
  if (connection.proxyJump !== undefined || connection.sshArguments?.length)
    throw new InventoryError(`node-ssh knows no proxyJump and no sshArguments`, {
      hint: `set transport: openssh for ${connection.host}`,
    });
  let socket: Socket | undefined;
  let refusal: string | undefined;
  try {
    socket = await openSocket(connection, signal);
    const known = new KnownHosts(connection);
    const ssh = new NodeSSH();
    const connecting = ssh.connect({
      sock: socket,
      username: loginName(connection),
      authHandler: await loginMethods(connection),
      tryKeyboard: connection.password !== undefined,
      ...(connection.password ? { password: reveal(connection.password) } : {}),
      algorithms: { serverHostKey: preferred(known.types) },
      hostVerifier: (key: Buffer): boolean => {
        const verdict = known.judge(key);
        if (verdict === 'known') return true;
        if (verdict === 'unknown' && connection.hostKeyChecking === 'accept-new') {
          known.add(key);
          return true;
        }
        refusal = refusals[verdict];
        return false;
      },
      readyTimeout: (connection.connectTimeout ?? defaultConnectTimeout) * 1000,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
    });
    // A reset at any later time is an 'error' event: without a listener it ends the process.
    ssh.connection?.on('error', () => undefined);
    const abort = (): void => void socket?.destroy(new Error('cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    const ended = closing(socket);
    await Promise.race([connecting, ended]).finally(() =>
      signal?.removeEventListener('abort', abort),
    );
    const client = ssh.connection;
    if (!client) throw new Error('Connection closed');
    return streamOf(client, await Promise.race([openChannel(client), ended]), socket);
  } catch (error) {
    socket?.destroy();
    if (error instanceof UnreachableError || error instanceof InventoryError) throw error;
    throw sshFailure(connection, refusal ?? messageOf(error));
  }
}

function openSocket(connection: Connection, signal: AbortSignal | undefined): Promise<Socket> {
  const seconds = connection.connectTimeout ?? defaultConnectTimeout;
  return new Promise((resolve, reject) => {
    const socket = connectTcp({
      host: connection.host,
      port: connection.port ?? 22,
      ...(signal ? { signal } : {}),
    });
    socket.setNoDelay(true);
    socket.setTimeout(seconds * 1000, () =>
      socket.destroy(new Error(`Connection timed out after ${seconds} s`)),
    );
    socket.on('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

/** ssh2 does not look at a socket that the server closed before its own first byte. */
async function closing(socket: Socket): Promise<never> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  throw new Error('Connection closed');
}

function openChannel(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec('exec /bin/sh', { pty: false }, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

function streamOf(client: Client, channel: ClientChannel, socket: Socket): ByteStream {
  const kill = (): void => {
    client.end();
    socket.destroy();
  };
  const forget = endWithController(kill);
  const said = tailOf(channel.stderr);
  let why = '';
  let code: number | null = null;
  client.on('error', (error) => (why ||= messageOf(error)));
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  channel.on('exit', (status: number | null) => (code = status));
  const closed = new Promise<{ code: number | null; why: string }>((resolve) => {
    const end = (): void => {
      forget();
      kill();
      const fallback = code === null ? 'the connection closed' : `the shell ended with ${code}`;
      resolve({ code, why: why || said().trim().split('\n').at(-1) || fallback });
    };
    channel.once('close', end);
    client.once('close', end);
  });
  return { stdin: channel, stdout: channel, stderr: channel.stderr, closed, kill };
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string'
    ? `${error.message} (${error.code})`
    : error.message;
};
