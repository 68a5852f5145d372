/** The default transport: one `ssh` process a stream. */
import { spawn } from 'node:child_process';
import { UnreachableError } from '../errors.ts';
import { askpass, type Askpass } from './askpass.ts';
import { childStream, tailOf } from './child-stream.ts';
import { defaultConnectTimeout, opensshArguments } from './openssh-arguments.ts';
import { lastWords, sshFailure } from './ssh-failure.ts';
import type { ByteStream, Connection, Transport } from './transport.ts';
import { withController } from './with-controller.ts';

/** Milliseconds for everything after the TCP connection: keys, login. */
const loginLimit = 30_000;

/** There is no `ssh` on this machine. */
export class NoSshClient extends UnreachableError {}

async function open(connection: Connection, signal?: AbortSignal): Promise<ByteStream> {
  const words = opensshArguments(connection);
  const secret = connection.password ? await askpass(connection.password) : undefined;
  try {
    return await start(connection, words, secret, signal);
  } finally {
    await secret?.remove();
  }
}

function start(
  connection: Connection,
  words: readonly string[],
  secret: Askpass | undefined,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  // A session of its own: Ctrl-C at the terminal is ours to handle, not ssh's.
  const { command, argv } = withController('ssh', words);
  const child = spawn(command, argv, {
    detached: true,
    stdio: 'pipe',
    env: { ...process.env, ...secret?.environment },
  });
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
      reject(
        error.code === 'ENOENT' ? noClient(connection) : sshFailure(connection, error.message),
      );
    });
    void stream.closed.then(() => fail(tail()));
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}

function noClient(connection: Connection): NoSshClient {
  return new NoSshClient(`cannot reach ${connection.host}: there is no ssh client here`, {
    hint: 'install openssh-client, or set transport: node-ssh',
  });
}

export const openssh: Transport = { name: 'openssh', open };
