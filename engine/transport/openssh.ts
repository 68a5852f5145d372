/** The default transport: one `ssh` process a stream. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { UnreachableError } from '../errors.ts';
import { askpass, type Askpass } from './askpass.ts';
import { childStream, tailOf } from './child-stream.ts';
import { defaultConnectTimeout, opensshArguments } from './openssh-arguments.ts';
import { preferredKeyExchange } from './key-exchange.ts';
import { forgetShared, sharedConnection } from './shared-connection.ts';
import { lastWords, sshFailure } from './ssh-failure.ts';
import type { ByteStream, Connection, Transport } from './transport.ts';
import { withController } from './with-controller.ts';

/** Milliseconds for everything after the TCP connection: keys, login. */
const loginLimit = 30_000;

/** The exit code of ssh itself, where it is not that of the shell on the host. */
const lostCode = 255;

/** There is no `ssh` on this machine. */
export class NoSshClient extends UnreachableError {}

async function open(connection: Connection, signal?: AbortSignal): Promise<ByteStream> {
  const keyExchange = await preferredKeyExchange(connection.sshArguments);
  const shared = await sharedConnection(connection, opensshArguments(connection, { keyExchange }));
  const words = opensshArguments(connection, { keyExchange, shared });
  const stream = shared?.warm
    ? await startWarm(connection, words, signal)
    : await login(connection, words, signal);
  if (shared) void forgetLost(stream, shared.path);
  return stream;
}

async function login(
  connection: Connection,
  words: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const secret = connection.password ? await askpass(connection.password) : undefined;
  try {
    return await start(connection, words, secret, signal);
  } finally {
    await secret?.remove();
  }
}

/** What was lost, or given up, is not to be found by whoever connects next. */
async function forgetLost(stream: ByteStream, path: string): Promise<void> {
  let answered = false;
  stream.stdout.once('data', () => (answered = true));
  const { code } = await stream.closed;
  if (!answered || code === null || code === lostCode) forgetShared(path);
}

/**
 * Nothing tells when the other side is there, and waiting would cost a round trip: it is used at
 * once. Where nothing comes back, the next connection begins anew.
 */
async function startWarm(
  connection: Connection,
  words: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const child = startSsh(words);
  const stream = childStream(child, { why: (said) => lastWords(said) });
  const kill = (): void => stream.kill();
  signal?.addEventListener('abort', kill, { once: true });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(notStarted(connection, error)));
  }).finally(() => signal?.removeEventListener('abort', kill));
  return { ...stream, warm: true };
}

/** In a session of its own: Ctrl-C at the terminal is ours to handle, not ssh's. */
function startSsh(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const { command, argv } = withController('ssh', words);
  return spawn(command, argv, {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...environment },
  });
}

function start(
  connection: Connection,
  words: readonly string[],
  secret: Askpass | undefined,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const child = startSsh(words, secret?.environment);
  const tail = tailOf(child.stderr);
  const stream = childStream(child, { why: (said) => lastWords(said), tail });
  return new Promise((resolve, reject) => {
    const seconds = connection.connectTimeout ?? defaultConnectTimeout;
    const timer = setTimeout(
      () => fail(`timed out after ${seconds} s`),
      seconds * 1000 + loginLimit,
    );
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      child.stderr.off('data', look);
    };
    const fail = (said: string): void => {
      done();
      stream.kill();
      reject(sshFailure(connection, said));
    };
    const aborted = (): void => fail('cancelled');
    const look = (): void => {
      if (!/^Authenticated to /m.test(tail())) return;
      done();
      resolve(stream);
    };
    child.stderr.on('data', look);
    child.once('error', (error: NodeJS.ErrnoException) => {
      done();
      reject(notStarted(connection, error));
    });
    void stream.closed.then(() => fail(tail()));
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}

function notStarted(connection: Connection, error: NodeJS.ErrnoException): UnreachableError {
  if (error.code !== 'ENOENT') return sshFailure(connection, error.message);
  return new NoSshClient(`cannot reach ${connection.host}: there is no ssh client here`, {
    hint: 'install openssh-client, or set transport: node-ssh',
  });
}

export const openssh: Transport = { name: 'openssh', open };
