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
/** Where an sshd admits fewer: after so many logins in a row one more at once is tried. */
const calmAfter = 4;
const tries = 5;

interface Hop {
  readonly limit: LimitFunction;
  /** Logins since it refused one. */
  calm: number;
}

const hops = new Map<string, Hop>();

/**
 * Opens the stream of a connection: at most eight logins at once through one first hop. A busy sshd
 * is asked again, by half as many at once.
 * @throws UnreachableError with the cause and a hint
 */
export async function openTransport(
  connection: Connection,
  signal?: AbortSignal,
): Promise<ByteStream> {
  if (connection.transport === 'local' || connection.transport === 'fake')
    return transports[connection.transport].open(connection, signal);
  const hop = hopOf(connection);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const stream = await hop.limit(() => openOnce(connection, signal));
      admitted(hop);
      return stream;
    } catch (error) {
      if (isTransient(error)) refused(hop);
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

function hopOf({ proxyJump, host, port = 22 }: Connection): Hop {
  const name = proxyJump?.split(',')[0] ?? `${host}:${port}`;
  const hop = hops.get(name) ?? { limit: pLimit(handshakesPerHop), calm: 0 };
  hops.set(name, hop);
  return hop;
}

function refused(hop: Hop): void {
  hop.calm = 0;
  hop.limit.concurrency = Math.ceil(hop.limit.concurrency / 2);
}

function admitted(hop: Hop): void {
  hop.calm += 1;
  if (hop.calm % calmAfter !== 0) return;
  hop.limit.concurrency = Math.min(handshakesPerHop, hop.limit.concurrency + 1);
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
