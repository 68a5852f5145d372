/** The one place that opens a connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import { UnreachableError } from '../errors.ts';
import { fake } from './fake.ts';
import { local } from './local.ts';
import { NoSshClient, openssh } from './openssh.ts';
import { isTransient } from './ssh-failure.ts';
import type { ByteStream, Connection, Transport } from './transport.ts';

/** sshd refuses some of more than ten logins at once (MaxStartups 10:30:100). */
const handshakesPerHop = 8;
const tries = 3;
const hops = new Map<string, LimitFunction>();

/**
 * Opens the stream of a connection: at most eight logins at once through one first hop, and a
 * busy sshd is asked again.
 * @throws UnreachableError with the cause and a hint
 */
export async function openTransport(
  connection: Connection,
  signal?: AbortSignal,
): Promise<ByteStream> {
  if (connection.transport === 'local' || connection.transport === 'fake')
    return transports[connection.transport].open(connection, signal);
  const hop = firstHop(connection);
  const limit = hops.get(hop) ?? pLimit(handshakesPerHop);
  hops.set(hop, limit);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await limit(() => openOnce(connection, signal));
    } catch (error) {
      if (attempt === tries || signal?.aborted || !isTransient(error)) throw error;
      const pause = attempt * (300 + Math.random() * 700);
      await sleep(pause, undefined, signal && { signal }).catch(() => {
        throw error;
      });
    }
  }
}

async function openOnce(connection: Connection, signal?: AbortSignal): Promise<ByteStream> {
  if (signal?.aborted) throw new UnreachableError(`cannot reach ${connection.host}: cancelled`);
  try {
    return await transports[connection.transport].open(connection, signal);
  } catch (error) {
    const plain = !connection.proxyJump && !connection.sshArguments?.length;
    if (!(error instanceof NoSshClient) || !plain) throw error;
    return nodeSsh.open(connection, signal);
  }
}

function firstHop(connection: Connection): string {
  const jump = connection.proxyJump?.split(',')[0];
  return jump ?? `${connection.host}:${connection.port ?? 22}`;
}

/** Loaded when asked for: ssh2 takes 75 ms. */
const nodeSsh: Transport = {
  name: 'node-ssh',
  async open(connection, signal) {
    const { openNodeSsh } = await import('./node-ssh.ts');
    return openNodeSsh(connection, signal);
  },
};

const transports: Readonly<Record<Connection['transport'], Transport>> = {
  openssh,
  'node-ssh': nodeSsh,
  local,
  fake,
};
