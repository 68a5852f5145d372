/** A way to a host that is as slow as a long line, and counts what passes. Needs nothing of the kernel. */
import { createServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlowDoor {
  /** Where to connect instead: always on loopback. */
  readonly host: string;
  readonly port: number;
  /** Bytes that went to the host so far. */
  readonly sent: number;
  /** Bytes that came from the host so far. */
  readonly received: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

/**
 * Opens a proxy on a free port of loopback.
 * @param to address and port that it leads to
 * @param roundTrip milliseconds that a question and its answer take on the way, together
 */
export async function openSlowDoor(
  to: { readonly host: string; readonly port: number },
  roundTrip: number,
): Promise<SlowDoor> {
  const counts = { sent: 0, received: 0, connections: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    counts.connections++;
    near.pause();
    const far = new Socket({ allowHalfOpen: true });
    far.setNoDelay(true);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
    // Opening costs what it does on a line, where loopback answers at once: the near end may speak
    // after one round trip, and the far end hears of it half a round trip later.
    void sleep(roundTrip).then(() => near.resume());
    const opened = sleep(roundTrip * 1.5).then(() => near.destroyed || far.connect({ ...to }));
    const delay = roundTrip / 2;
    relay({ from: near, into: far, opened, delay }, (bytes) => (counts.sent += bytes));
    relay({ from: far, into: near, opened, delay }, (bytes) => (counts.received += bytes));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    get sent() {
      return counts.sent;
    },
    get received() {
      return counts.received;
    },
    get connections() {
      return counts.connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Bytes under way in one direction before the sender has to wait, as on a line with a window. */
const window = 4 * 1024 * 1024;

interface Direction {
  readonly from: Socket;
  readonly into: Socket;
  /** Nothing can be delivered before it: a socket that does not connect yet refuses what it gets. */
  readonly opened: Promise<unknown>;
  /** Milliseconds. */
  readonly delay: number;
}

/** Passes bytes on in order, each as late as the line is long; many may be under way at once. */
function relay({ from, into, opened, delay }: Direction, count: (bytes: number) => void): void {
  let order: Promise<unknown> = opened;
  let underWay = 0;
  const later = (deliver: () => void): void => {
    const arrival = sleep(delay);
    order = order.then(() => arrival).then(deliver);
  };
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    underWay += chunk.length;
    if (underWay > window) from.pause();
    later(() => {
      underWay -= chunk.length;
      if (underWay <= window) from.resume();
      if (!into.destroyed) into.write(chunk);
    });
  });
  from.on('end', () => later(() => into.end()));
}
